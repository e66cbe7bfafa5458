//! What the shop does by itself: once a minute, holds that ran out let go of their goods and
//! the sums of lots that changed are written anew; once an hour, what is no
//! longer needed is forgotten. Two servers on one database may both do it: each piece of work is safe to repeat.

use crate::{Refusal, Shop, invoices};
use std::future::Future;
use std::time::Duration;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(60);
/// Rounds between two times of forgetting.
const FORGET_EVERY: u32 = 60;
/// Days that the answers of idempotent requests are kept.
const KEYS_KEPT_DAYS: i32 = 7;

/// Works until `stop` comes. A round that fails is logged and tried again at the next.
pub async fn run(shop: Shop, stop: impl Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    let mut round: u32 = 0;
    loop {
        if let Err(refusal) = work(&shop, round.is_multiple_of(FORGET_EVERY)).await {
            tracing::warn!(%refusal, "the housekeeping of this minute did not get through");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = &mut stop => return,
        }
    }
}

async fn work(shop: &Shop, forget: bool) -> Result<(), Refusal> {
    let released = invoices::release_expired_holds(shop).await?;
    if released > 0 {
        tracing::info!(released, "holds ran out and their goods are on sale again");
    }
    crate::lots::fold_figures(shop).await?;
    if forget {
        crate::sales::parked::forget(shop).await?;
        let expired = crate::warranties::expire(shop).await?;
        if expired > 0 {
            tracing::info!(expired, "warranties have come to their end");
        }
        let reminded = crate::warranties::remind(shop).await?;
        if reminded > 0 {
            tracing::info!(reminded, "customers are reminded of warranties that end");
        }
        db::idempotency::keys_forget(&mut *shop.read().await?, KEYS_KEPT_DAYS).await?;
    }
    Ok(())
}
