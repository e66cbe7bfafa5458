//! What stands on the foundation: the schema brought up to date, the shop opened, its pages and API served.

use crate::failure::Failure;
use crate::serve::Foundation;

/// Works until the foundation's shutdown comes.
pub async fn open_and_serve(foundation: Foundation) -> Result<(), Failure> {
    foundation.announce(None)?;
    foundation.shutdown.cancelled().await;
    Ok(())
}
