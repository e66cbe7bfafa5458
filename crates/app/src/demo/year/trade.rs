//! What the shop agreed with resellers, what goes with a laptop, its taxes, and what lies in the warehouse.

use super::{Year, cedis, counted, made, people};
use crate::catalog::bundle::{self, NewBundleItem};
use crate::settings::{self, SettingsChange};
use crate::stock::{self, NewReceipt, StockMove};
use crate::wholesale::{self, TermsChange, price_lists};
use crate::{Refusal, Shop};
use domain::Category;
use serde_json::json;

/// How many days ago the shop began to charge taxes. What it sold before keeps its total and has none.
pub(super) const TAXED: i64 = 24;

/// Ghana's taxes before and after 1 January 2026.
const TAXES: &str = "NHIL 2.5\nGETFund 2.5\nCOVID-19 1 until 2025-12-31\nVAT 15 on levies until 2025-12-31\nVAT 15 from 2026-01-01";

impl Year {
    /// Prices include tax from now on, so that what customers pay stays what it was.
    pub(super) async fn begin_taxes(&self, shop: &Shop) -> Result<(), Refusal> {
        let now = shop.settings().await?;
        let mut change = json!({
            "name": now.shop.name, "address": now.shop.address, "city": now.shop.city, "country": now.shop.country,
            "phone": now.shop.phone, "website": now.shop.website, "tin": now.shop.tin,
            "allowed_discount_percent": now.allowed_discount_percent.to_string(), "till_required": now.till_required,
            "hold_hours": now.hold_hours, "warranty_standard_days": now.warranty_standard_days,
            "warranty_premium_days": now.warranty_premium_days, "preorder_policy": now.preorder_policy,
            "tax_mode": "inclusive", "tax_rates": TAXES,
        });
        if !now.shop.email.is_empty() {
            change["email"] = json!(now.shop.email);
        }
        let change: SettingsChange =
            serde_json::from_value(change).map_err(|e| Refusal::Internal(format!("demo settings: {e}")))?;
        settings::change(shop, &self.staff.efua, change).await
    }

    /// The n-th item comes in again, at what it costs.
    pub(super) async fn deliver(&mut self, n: usize, many: i32, shop: &Shop) -> Result<(), Refusal> {
        let new = NewReceipt {
            quantity: counted(many),
            unit_cost: cedis(self.items[n].row.cost),
            supplier: None,
            reference: None,
            location_id: None,
        };
        stock::receive(shop, &self.staff.yaw, self.items[n].id, new).await?;
        self.items[n].left += many;
        Ok(())
    }

    /// What stands at the end of the year: two price lists, given to who sells on; a charger beside each laptop; and some of
    /// what is on the shelf also in the warehouse.
    pub(in crate::demo) async fn trade(&self) -> Result<(), Refusal> {
        let (shop, kwame) = (&self.shop, &self.staff.kwame);
        let list = |name: &str, percent: &str, laptop: Option<&str>| price_lists::NewPriceList {
            name: made(name),
            percent: made(percent),
            laptop_percent: laptop.map(made),
            phone_percent: None,
            accessory_percent: None,
        };
        let resellers = price_lists::create(shop, kwame, list("Resellers", "8", Some("10"))).await?;
        price_lists::create(shop, kwame, list("Schools", "5", None)).await?;
        for (n, id) in self.customers.iter().enumerate() {
            if people::sells_on(n) {
                let terms = TermsChange {
                    price_list_id: Some(resellers.id),
                    credit_limit: Some(cedis(20_000)),
                    payment_terms_days: Some(30),
                };
                wholesale::set_terms(shop, kwame, *id, terms).await?;
            }
        }
        for model in self.models.iter().filter(|m| m.category == Category::Laptop) {
            let sku = match model.brand {
                "Apple" => "CHG-APL61",
                "HP" => "CHG-HP45",
                _ => "CHG-65W",
            };
            let new = NewBundleItem {
                sku: made(sku),
                bundle_price: cedis(0),
            };
            bundle::put(shop, kwame, model.id, new).await?;
        }
        for item in self.items.iter().filter(|item| item.left >= 12).take(4) {
            let wish = StockMove {
                quantity: counted(item.left / 3),
                from_location_id: None,
                to_location_id: self.places.warehouse,
                reason: Some(made("No room on the shelf")),
            };
            if self.places.warehouse.is_some() {
                stock::shift(shop, &self.staff.yaw, item.id, wish).await?;
            }
        }
        Ok(())
    }
}
