//! A person's rights (Ghana's Data Protection Act): to get everything that is held about them, and to be forgotten.

use super::Customer;
use crate::{Actor, Capability, Refusal, Shop};
use base64::Engine;
use domain::{CustomerId, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Everything that is held about a customer, as a file.
#[derive(Debug, Clone)]
pub struct Export {
    /// What the file is called.
    pub file_name: String,
    /// JSON: by table, every row that is about them.
    pub json: Vec<u8>,
}

/// The record of a person, deleted or not.
pub async fn person(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Customer, Refusal> {
    actor.require(Capability::ManageCustomers)?;
    db::customers::customer_find_deleted(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))
}

/// A picture as the database writes it in JSON (`\x` and hexadecimal) as an address that any browser opens.
fn as_data_address(picture: &mut serde_json::Value) {
    let digits = picture
        .as_str()
        .and_then(|text| text.strip_prefix("\\x"))
        .unwrap_or("");
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
    if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        *picture = format!("data:image/jpeg;base64,{text}").into();
    }
}

/// Gives out everything that is held about a customer, and writes down that it was.
pub async fn export(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Export, Refusal> {
    let customer = person(shop, actor, id).await?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let mut held = db::customers::customer_holdings(tx.conn(), customer.id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    for photo in held["photo_files"].as_array_mut().into_iter().flatten() {
        for name in ["image", "thumbnail"] {
            as_data_address(&mut photo[name]);
        }
    }
    let file = json!({
        "shop": settings.shop.name,
        "made_at": tx.now(),
        "customer_id": customer.id,
        "held": held,
    });
    let json = serde_json::to_vec_pretty(&file).map_err(|e| Refusal::Internal(e.to_string()))?;
    tx.audit("customer.export", "customers", customer.id.get(), None, None)
        .await?;
    tx.commit(204, &()).await?;
    Ok(Export {
        file_name: format!("customer-{}.json", customer.id),
        json,
    })
}

/// The question that is asked by name.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The customer's full name, typed once more.
    pub full_name: Text<1, 100>,
}

/// What is still open with a customer, each as a few words.
pub async fn open_matters(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Vec<String>, Refusal> {
    actor.require(Capability::ManageCustomers)?;
    Ok(db::customers::customer_open_matters(&mut *shop.read().await?, id).await?)
}

/// Takes a person out of the records. Invoices, payments and warranties stay as they are, of an erased customer; what is
/// still open is finished first.
pub async fn erase(shop: &Shop, actor: &Actor, id: CustomerId, erasure: Erasure) -> Result<(), Refusal> {
    let customer = person(shop, actor, id).await?;
    if erasure.full_name.as_str().to_lowercase() != customer.full_name.trim().to_lowercase() {
        return Err(Refusal::invalid(
            "/full_name",
            format!("Type {} to erase this customer.", customer.full_name),
        ));
    }
    let mut tx = shop.begin(actor).await?;
    // Whoever is deleted is not found by a lock that looks for the living; both wait here for whoever writes to them.
    let _ = db::customers::customer_lock(tx.conn(), customer.id).await?;
    let open = db::customers::customer_open_matters(tx.conn(), customer.id).await?;
    if !open.is_empty() {
        return Err(Refusal::conflict(
            "still_open",
            format!(
                "{} cannot be erased yet. Still open: {}. Finish that first.",
                customer.full_name,
                open.join(", ")
            ),
        ));
    }
    let done = db::customers::customer_erase(tx.conn(), customer.id).await?;
    tx.audit("customer.erase", "customers", customer.id.get(), None, Some(done))
        .await?;
    tx.commit(204, &()).await
}
