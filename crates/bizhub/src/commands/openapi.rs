//! `bizhub openapi`: the description of the API.

use std::io::Write;

use crate::failure::Failure;

/// Examples for the command's help.
pub const EXAMPLES: &str = "\
Example:
  bizhub openapi > openapi.json
      Keep the description of the API for a client generator";

/// Prints the OpenAPI document.
pub fn run(document: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{}", document.trim_end())?;
    Ok(())
}
