//! Sales put aside: the customer went to fetch money, the next one waits. They hold nothing and are in no figure; anybody who
//! sells goes on with one, on whatever screen, and what is left is forgotten with the shop's day.

use crate::{Actor, Capability, Refusal, Shop};
pub use db::parked::ParkedSale;
use db::parked::ParkedValues;
use domain::{Money, ParkedSaleId, Price, Text};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

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

/// The fields of a till's form that are kept: not what was typed to search, to pay or to approve. Money is taken when the sale
/// is made.
pub fn is_kept(name: &str, value: &str) -> bool {
    const DROPPED: [&str; 6] = [
        "do",
        "scan",
        "paste",
        "customer_query",
        "park_label",
        "idempotency_key",
    ];
    !DROPPED.contains(&name)
        && !["payment_", "approval_"].iter().any(|p| name.starts_with(p))
        && (!value.is_empty() || matches!(name, "quantity" | "unit_price" | "bundled"))
}

/// A sale to be put aside over the API, as the till's form has it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParkedSale {
    /// What it is called, for whoever looks for it.
    pub label: Text<1, 60>,
    /// For whom, where that is known.
    #[serde(default)]
    pub customer_name: Option<Text<0, 200>>,
    /// What it comes to.
    pub total_amount: Price,
    /// The fields of the till's form as pairs of name and value (`line` `A12`, `quantity` `1`, `unit_price` `120.00`), in their
    /// order. What belongs to a payment or an approval is left out.
    #[schema(value_type = Vec<[String; 2]>, max_items = 2000)]
    pub cart: Vec<(String, String)>,
}

/// Puts a sale aside over the API, and answers it.
pub async fn park_cart(shop: &Shop, actor: &Actor, new: NewParkedSale) -> Result<ParkedSale, Refusal> {
    actor.require(Capability::Sell)?;
    if new.cart.len() > MOST_FIELDS {
        return Err(Refusal::invalid(
            "/cart",
            "This sale is too long to be put aside.",
        ));
    }
    if new.cart.iter().any(|(name, value)| {
        name.chars().count() > 100
            || value.chars().count() > 5000
            || name.contains('\0')
            || value.contains('\0')
    }) {
        let text = "A field has a name of at most 100 characters and a value of at most 5,000.";
        return Err(Refusal::invalid("/cart", text));
    }
    let mut tx = shop.begin(actor).await?;
    let cart: Vec<(String, String)> = new
        .cart
        .into_iter()
        .filter(|(name, value)| is_kept(name, value))
        .collect();
    let values = ParkedValues {
        label: new.label.as_str(),
        customer_name: new.customer_name.as_ref().and_then(Text::non_empty),
        total_amount: new.total_amount.money(),
        cart: &cart,
    };
    let id = db::parked::parked_insert(tx.conn(), &values).await?;
    let sale = db::parked::parked_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("parked sale"))?;
    tx.audit("sale.park", "parked_sales", id.get(), None, Some(told(&sale)))
        .await?;
    tx.commit(201, &sale).await?;
    Ok(sale)
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
