//! Merging two records into one while people sell to one of both.

use crate::Refusal;
use std::time::Duration;

/// How often a merge steps back for whoever holds one of both at this moment.
const ATTEMPTS: u32 = 40;

/// Merges by `once`. Whoever works with one of both goes first: a merge that would have to wait lets go and begins again.
pub(crate) async fn stepping_back<T, F>(once: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, Refusal>>,
{
    for attempt in 1..=ATTEMPTS {
        match once().await {
            Err(Refusal::Conflict { code, .. }) if code == "busy" && attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(u64::from(20 * attempt.min(10)))).await;
            }
            outcome => return outcome,
        }
    }
    Err(Refusal::Internal("a merge ended without an outcome".into()))
}
