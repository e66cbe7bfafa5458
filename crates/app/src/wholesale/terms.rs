//! On what terms a customer buys.

use crate::{Actor, Capability, Refusal, Shop};
use db::wholesale::CustomerTerms;
use domain::{CustomerId, PriceListId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// All terms of a customer; what is absent or null is none.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsChange {
    /// Their price list.
    #[serde(default)]
    pub price_list_id: Option<PriceListId>,
    /// Up to what they may owe for goods that they have.
    #[serde(default)]
    pub credit_limit: Option<domain::Price>,
    /// Days that they have to pay.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365)]
    pub payment_terms_days: Option<i32>,
}

/// Reads a customer's terms, and what they owe.
pub async fn terms(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<CustomerTerms, Refusal> {
    actor.require(Capability::ViewInvoices)?;
    db::wholesale::customer_terms(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))
}

/// Sets a customer's terms.
pub async fn set_terms(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    change: TermsChange,
) -> Result<CustomerTerms, Refusal> {
    actor.require(Capability::EditCatalog)?;
    if change
        .payment_terms_days
        .is_some_and(|days| !(0..=365).contains(&days))
    {
        return Err(Refusal::invalid("/payment_terms_days", "Give 0 to 365 days."));
    }
    let mut tx = shop.begin(actor).await?;
    let missing = || Refusal::not_found("customer");
    let customer = db::customers::customer_lock(tx.conn(), id)
        .await?
        .ok_or_else(missing)?;
    let id = customer.id;
    tx.check_version(customer.updated_at)?;
    let before = db::wholesale::customer_terms(tx.conn(), id)
        .await?
        .ok_or_else(missing)?;
    if let Some(list) = change
        .price_list_id
        .filter(|_| change.price_list_id != before.price_list_id)
    {
        let found = db::wholesale::price_list_lock(tx.conn(), list).await?;
        if !found.is_some_and(|list| list.is_active) {
            let text = "There is no such active price list: choose one of the list.";
            return Err(Refusal::invalid("/price_list_id", text));
        }
    }
    let limit = change.credit_limit.map(domain::Price::money);
    db::wholesale::customer_terms_set(
        tx.conn(),
        id,
        change.price_list_id,
        limit,
        change.payment_terms_days,
    )
    .await?;
    let after = db::wholesale::customer_terms(tx.conn(), id)
        .await?
        .ok_or_else(missing)?;
    tx.audit(
        "customer.terms",
        "customers",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}
