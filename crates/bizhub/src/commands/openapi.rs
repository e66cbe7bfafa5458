//! `bizhub openapi`: the description of the API.

use std::io::Write;

use crate::failure::Failure;

/// Prints the OpenAPI document.
pub fn run() -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{}", web::openapi_json().trim_end())?;
    Ok(())
}
