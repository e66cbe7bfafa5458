//! Sales put aside: the customer went to fetch money, the next one waits. They hold nothing and are in no figure; anybody who
//! sells goes on with one, on whatever screen, and what is left is forgotten with the shop's day.

use crate::{Actor, Capability, Refusal, Shop};
pub use db::parked::ParkedSale;
use db::parked::ParkedValues;
use domain::{Money, ParkedSaleId, Text};
use serde_json::{Value, json};

/// Most fields of a form that is put aside.
const MOST_FIELDS: usize = 2000;

/// A sale to be put aside.
#[derive(Debug, Clone)]
pub struct NewParked {
    /// What it is called, for whoever looks for it.
    pub label: Text<1, 60>,
    /// For whom, where that is known.
    pub customer_name: Option<String>,
    /// What it comes to.
    pub total_amount: Money,
    /// The fields of the till's form, without payments and passwords.
    pub cart: Vec<(String, String)>,
}

/// What the audit log says of one: not whom it is for.
fn told(sale: &ParkedSale) -> Value {
    json!({"label": sale.label, "total_amount": sale.total_amount})
}

fn gone() -> Refusal {
    Refusal::conflict(
        "parked_sale_gone",
        "Somebody went on with this sale already, or dropped it.",
    )
}

/// Puts a sale aside.
pub async fn park(shop: &Shop, actor: &Actor, new: NewParked) -> Result<ParkedSaleId, Refusal> {
    actor.require(Capability::Sell)?;
    if new.cart.len() > MOST_FIELDS {
        return Err(Refusal::invalid(
            "/lines",
            "This sale is too long to be put aside.",
        ));
    }
    let name = new
        .customer_name
        .map(|name| name.chars().take(200).collect::<String>());
    let mut tx = shop.begin(actor).await?;
    let values = ParkedValues {
        label: new.label.as_str(),
        customer_name: name.as_deref(),
        total_amount: new.total_amount,
        cart: &new.cart,
    };
    let id = db::parked::parked_insert(tx.conn(), &values).await?;
    let after = json!({"label": new.label, "total_amount": new.total_amount});
    tx.audit("sale.park", "parked_sales", id.get(), None, Some(after))
        .await?;
    tx.commit(201, &json!({"id": id})).await?;
    Ok(id)
}

/// What was put aside today.
pub async fn parked(shop: &Shop) -> Result<Vec<ParkedSale>, Refusal> {
    Ok(db::parked::parked_on(&mut *shop.read().await?, shop.today()).await?)
}

/// Goes on with a sale, which is then nobody else's.
pub async fn resume(shop: &Shop, actor: &Actor, id: ParkedSaleId) -> Result<ParkedSale, Refusal> {
    take(shop, actor, id, "sale.resume").await
}

/// Drops a sale that nobody comes back for.
pub async fn discard(shop: &Shop, actor: &Actor, id: ParkedSaleId) -> Result<ParkedSale, Refusal> {
    take(shop, actor, id, "sale.discard").await
}

async fn take(shop: &Shop, actor: &Actor, id: ParkedSaleId, action: &str) -> Result<ParkedSale, Refusal> {
    actor.require(Capability::Sell)?;
    let mut tx = shop.begin(actor).await?;
    let sale = db::parked::parked_take(tx.conn(), id).await?.ok_or_else(gone)?;
    tx.audit(action, "parked_sales", id.get(), Some(told(&sale)), None)
        .await?;
    tx.commit(200, &sale).await?;
    Ok(sale)
}

/// Forgets what was put aside on earlier days.
pub(crate) async fn forget(shop: &Shop) -> Result<(), Refusal> {
    let mut tx = shop.begin(&Actor::system()).await?;
    let dropped = db::parked::parked_forget(tx.conn()).await?;
    if dropped > 0 {
        let after = json!({"dropped": dropped});
        tx.audit("sale.discard", "parked_sales", None, None, Some(after))
            .await?;
        tx.commit(200, &()).await?;
    }
    Ok(())
}
