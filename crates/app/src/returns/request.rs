//! Asking for a return, which a Manager approves or declines.

use super::{NewRefund, NewReturn, NewReturnLine, ReturnRequest, take_back};
use crate::{Actor, Capability, Refusal, Shop, Tx, invoices};
use domain::{InvoiceId, InvoiceStatus, ReturnRequestId, ReturnRequestStatus, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Asks for a return. Nothing moves until a Manager approves it.
pub async fn request(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    new: NewReturn,
) -> Result<ReturnRequest, Refusal> {
    actor.require(Capability::RequestReturn)?;
    take_back::check(&new)?;
    let mut tx = shop.begin(actor).await?;
    let invoice = invoices::lock(&mut tx, id).await?;
    let out = invoice.status == InvoiceStatus::Paid
        || (invoice.status == InvoiceStatus::Sent && invoice.goods_released_at.is_some());
    if !out {
        let text = format!(
            "{} is {}: there is nothing of it out that could come back.",
            invoice.invoice_number, invoice.status
        );
        return Err(Refusal::conflict("invoice_status", text));
    }
    let lines = db::invoices::invoice_lines(tx.conn(), id).await?;
    for (n, wish) in new.lines.iter().enumerate() {
        if !lines
            .iter()
            .any(|l| i64::from(l.line_number) == i64::from(wish.line_number))
        {
            let text = format!("{} has no line {}.", invoice.invoice_number, wish.line_number);
            return Err(Refusal::invalid(format!("/lines/{n}/line_number"), text));
        }
    }
    if let Some(open) = db::returns::requests_open(tx.conn(), Some(id), 1).await?.first() {
        let text = format!(
            "{} asked for a return on {} already, and nobody decided yet: ask a Manager to look at it.",
            open.requested_by_name.as_deref().unwrap_or("Somebody"),
            invoice.invoice_number
        );
        return Err(Refusal::conflict("return_requested", text));
    }
    let made = db::returns::request_insert(
        tx.conn(),
        id,
        new.reason.as_str(),
        &json!(new.lines),
        &json!(new.refunds),
    )
    .await?;
    let after = read(&mut tx, made).await?;
    tx.audit(
        "return_request.create",
        "return_requests",
        made.get(),
        None,
        Some(json!(after)),
    )
    .await?;
    tx.commit(201, &after).await?;
    Ok(after)
}

async fn read(tx: &mut Tx, id: ReturnRequestId) -> Result<ReturnRequest, Refusal> {
    db::returns::request_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("request"))
}

/// Reads a request.
pub async fn request_find(shop: &Shop, id: ReturnRequestId) -> Result<ReturnRequest, Refusal> {
    let mut conn = shop.read().await?;
    db::returns::request_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("request"))
}

/// The requests that wait for a decision, oldest first: of one invoice, or of all.
pub async fn open_requests(shop: &Shop, invoice: Option<InvoiceId>) -> Result<Vec<ReturnRequest>, Refusal> {
    let mut conn = shop.read().await?;
    Ok(db::returns::requests_open(&mut conn, invoice, 20).await?)
}

/// Locks the invoice and then its request, which must be open. Invoices are locked before what hangs on them.
async fn open(
    tx: &mut Tx,
    shop: &Shop,
    id: ReturnRequestId,
) -> Result<(invoices::Invoice, ReturnRequest), Refusal> {
    let asked = request_find(shop, id).await?;
    let invoice = db::invoices::invoice_lock(tx.conn(), asked.invoice_id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    let before = db::returns::request_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("request"))?;
    tx.check_version(before.updated_at)?;
    if before.status != ReturnRequestStatus::Requested {
        let text = format!(
            "This request is {} already{}.",
            before.status,
            before
                .return_number
                .as_ref()
                .map(|n| format!(": see {n}"))
                .unwrap_or_default()
        );
        return Err(Refusal::conflict("return_request_decided", text));
    }
    Ok((invoice, before))
}

/// Approves a request: the return is made as it was asked for.
pub async fn approve(shop: &Shop, actor: &Actor, id: ReturnRequestId) -> Result<ReturnRequest, Refusal> {
    actor.require(Capability::ApproveReturns)?;
    let mut tx = shop.begin(actor).await?;
    let (invoice, before) = open(&mut tx, shop, id).await?;
    let wish = wished(&before)?;
    let made = take_back::whole(&mut tx, &invoice, &wish, before.requested_by).await?;
    take_back::record(&mut tx, made).await?;
    db::returns::request_decide(tx.conn(), id, Some(made), None).await?;
    decided(tx, "return_request.approve", 201, &before).await
}

/// What was asked for, as it would be posted.
pub fn wished(request: &ReturnRequest) -> Result<NewReturn, Refusal> {
    let unreadable = |e: serde_json::Error| Refusal::Internal(format!("request {}: {e}", request.id));
    Ok(NewReturn {
        reason: request.reason.parse().map_err(Refusal::Internal)?,
        lines: serde_json::from_value::<Vec<NewReturnLine>>(request.lines.clone()).map_err(unreadable)?,
        refunds: serde_json::from_value::<Vec<NewRefund>>(request.refunds.clone()).map_err(unreadable)?,
    })
}

/// Why a request is declined.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// The reason, for whoever asked.
    pub reason: Text<1, 500>,
}

/// Declines a request.
pub async fn decline(
    shop: &Shop,
    actor: &Actor,
    id: ReturnRequestId,
    why: Decline,
) -> Result<ReturnRequest, Refusal> {
    actor.require(Capability::ApproveReturns)?;
    let mut tx = shop.begin(actor).await?;
    let (_, before) = open(&mut tx, shop, id).await?;
    db::returns::request_decide(tx.conn(), id, None, Some(why.reason.as_str())).await?;
    decided(tx, "return_request.decline", 200, &before).await
}

async fn decided(
    mut tx: Tx,
    action: &str,
    status: u16,
    before: &ReturnRequest,
) -> Result<ReturnRequest, Refusal> {
    let after = read(&mut tx, before.id).await?;
    tx.audit(
        action,
        "return_requests",
        before.id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(status, &after).await?;
    Ok(after)
}
