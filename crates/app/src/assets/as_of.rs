//! What a device was at an earlier date: by its movements, and by what each later change says that it was before.

use crate::{Refusal, Shop};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use domain::{AssetId, AssetStatus, Grade, Money, ProductModelId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A device as it was at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetThen {
    /// The device.
    pub asset_id: AssetId,
    /// The day.
    pub at: NaiveDate,
    /// Where it was in its life.
    pub status: AssetStatus,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// Where it lay.
    pub location_name: Option<String>,
    /// Its grade.
    pub condition_grade: Option<Grade>,
    /// What it was sold for then: its own price, else its model's for its grade; as far as the records tell.
    pub price: Option<Money>,
    /// Its tag.
    pub asset_tag: String,
    /// Its serial number.
    pub serial_number: String,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// `HP EliteBook 840 G7`
    pub title: String,
    /// `i5-10310U · 16GB · 512GB SSD`
    pub specs: String,
    /// How it looked.
    pub cosmetic_notes: Option<String>,
    /// Its battery, in percent.
    pub battery_health_percent: Option<i32>,
    /// Its battery's cycles.
    pub battery_cycle_count: Option<i32>,
}

/// Undoes changes, the newest first: what a record was before each of them stands in the log.
fn undo(now: Value, changes: Vec<Value>) -> Map<String, Value> {
    let Value::Object(mut then) = now else {
        return Map::new();
    };
    for before in changes {
        if let Value::Object(before) = before {
            for (name, value) in before {
                // What the record does not have is of something else.
                if then.contains_key(&name) {
                    then.insert(name, value);
                }
            }
        }
    }
    then
}

fn field<T: serde::de::DeserializeOwned>(record: &Map<String, Value>, name: &str) -> Option<T> {
    record
        .get(name)
        .cloned()
        .and_then(|value| serde_json::from_value(value).ok())
}

/// What a device was at the end of a day.
pub async fn as_of(shop: &Shop, id: AssetId, day: NaiveDate) -> Result<AssetThen, Refusal> {
    let today = shop.today();
    if day > today {
        return Err(Refusal::invalid(
            "/at",
            "This day is still to come. Choose today or an earlier day.",
        ));
    }
    let out_of_reach = || Refusal::invalid("/at", "Choose a day from the year 2000 on.");
    let end = day
        .checked_add_days(Days::new(1))
        .filter(|_| {
            day.format("%Y")
                .to_string()
                .parse::<i32>()
                .is_ok_and(|year| year >= 2000)
        })
        .and_then(|next| {
            shop.zone()
                .from_local_datetime(&next.and_time(NaiveTime::MIN))
                .earliest()
        })
        .ok_or_else(out_of_reach)?
        .with_timezone(&Utc);
    let mut conn = shop.read().await?;
    let record = db::assets::asset_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    let there = db::assets::asset_whereabouts(&mut conn, id, end)
        .await?
        .ok_or_else(|| {
            Refusal::NotFound(format!(
                "Device {} was not here yet on {}. Choose a later day.",
                record.asset.asset_tag,
                day.format("%-d %b %Y")
            ))
        })?;
    let lost = |e: serde_json::Error| Refusal::Internal(e.to_string());
    let changes = db::assets::changes_since(&mut conn, "assets", id.get(), end).await?;
    let asset = undo(serde_json::to_value(&record.asset).map_err(lost)?, changes);
    let model_id: ProductModelId = field(&asset, "product_model_id").unwrap_or(record.product_model.id);
    let model_now = if model_id == record.product_model.id {
        Some(record.product_model)
    } else {
        db::catalog::model_find(&mut conn, model_id).await?
    };
    let changes = db::assets::changes_since(&mut conn, "product_models", model_id.get(), end).await?;
    let model = undo(serde_json::to_value(&model_now).map_err(lost)?, changes);
    let grade: Option<Grade> = field(&asset, "condition_grade");
    let of_grade = grade.and_then(|grade| {
        field::<Money>(
            &model,
            match grade {
                Grade::A => "default_price_grade_a",
                Grade::B => "default_price_grade_b",
                Grade::C => "default_price_grade_c",
            },
        )
    });
    let text = |name: &str| field::<String>(&model, name);
    Ok(AssetThen {
        asset_id: id,
        at: day,
        status: there.status,
        status_since: there.status_since,
        location_name: there.location_name,
        condition_grade: grade,
        price: field::<Money>(&asset, "list_price").or(of_grade),
        asset_tag: field(&asset, "asset_tag").unwrap_or_default(),
        serial_number: field(&asset, "serial_number").unwrap_or_default(),
        product_model_id: model_id,
        title: domain::catalog::title(
            &text("brand").unwrap_or_default(),
            &text("model_name").unwrap_or_default(),
        ),
        specs: domain::catalog::specs(
            text("cpu").as_deref(),
            text("ram").as_deref(),
            text("storage").as_deref(),
        ),
        cosmetic_notes: field(&asset, "cosmetic_notes"),
        battery_health_percent: field(&asset, "battery_health_percent"),
        battery_cycle_count: field(&asset, "battery_cycle_count"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_undone_newest_first() {
        let then = undo(
            json!({"grade": "C", "price": "10.00", "tag": "T"}),
            vec![
                json!({"grade": "B", "other": 1}),
                json!({"grade": null, "price": "9.00"}),
            ],
        );
        assert_eq!(
            Value::Object(then),
            json!({"grade": null, "price": "9.00", "tag": "T"})
        );
    }
}
