//! Two stocktakes: one that was approved, with a device that lay in the wrong place, and one that is being counted.

use super::made;
use super::people::Staff;
use crate::assets::{self, Asset};
use crate::stocktakes::{self, NewCount, NewStocktake};
use crate::{PageRequest, Refusal, Shop, lists, locations};
use domain::{AssetStatus, LocationId};

/// What lies in a place, but for what is sold or scrapped.
async fn lying_at(shop: &Shop, place: LocationId) -> Result<Vec<Asset>, Refusal> {
    let request = PageRequest {
        limit: 200,
        filters: vec![("location_id".into(), place.to_string())],
        ..PageRequest::default()
    };
    let mut there = lists::page::<Asset>(shop, &assets::LIST, &request).await?.data;
    there.retain(|device| !matches!(device.status, AssetStatus::Sold | AssetStatus::Scrapped));
    Ok(there)
}

fn scan(code: &str, counter: &str) -> NewCount {
    NewCount {
        code: made(code),
        quantity: None,
        counter: Some(made(counter)),
    }
}

/// Counts the two fullest places: all of the one, and half of the other.
pub(super) async fn count(shop: &Shop, staff: &Staff) -> Result<(), Refusal> {
    let mut places = Vec::new();
    for place in locations::all(shop).await? {
        places.push((lying_at(shop, place.id).await?, place.id));
    }
    places.sort_by_key(|(there, id)| (there.len(), *id));
    let (Some((most, fullest)), Some((second, next))) = (places.pop(), places.pop()) else {
        return Ok(());
    };
    let begin = |location_id, notes: &str| NewStocktake {
        location_id,
        is_blind: None,
        notes: Some(made(notes)),
    };

    let done = stocktakes::start(shop, &staff.yaw, begin(fullest, "End of the month"))
        .await?
        .stocktake
        .id;
    for device in &most {
        stocktakes::count(shop, &staff.yaw, done, scan(&device.asset_tag, "Scanner")).await?;
    }
    if let Some(strayed) = second.last() {
        stocktakes::count(shop, &staff.kwame, done, scan(&strayed.serial_number, "Phone 2")).await?;
    }
    stocktakes::submit(shop, &staff.yaw, done).await?;
    stocktakes::approve(shop, &staff.kwame, done).await?;

    let running = stocktakes::start(shop, &staff.yaw, begin(next, "Weekly count"))
        .await?
        .stocktake
        .id;
    for device in second.iter().take(second.len().div_ceil(2)) {
        // The one that strayed lies in the other place now, and is found there.
        if device.location_id == Some(next) {
            stocktakes::count(shop, &staff.yaw, running, scan(&device.asset_tag, "Scanner")).await?;
        }
    }
    stocktakes::count(shop, &staff.yaw, running, scan("0123456789012", "Scanner")).await?;
    Ok(())
}
