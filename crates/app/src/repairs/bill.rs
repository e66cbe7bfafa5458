//! Billing a repair: an invoice that is paid at the till. Parts left the shelf when they were built in, so what is billed are
//! services, and nothing leaves it a second time.

use super::{RepairDetail, RepairPart, RepairTicket, finish, lock};
use crate::sales::total_up;
use crate::{Actor, Capability, Refusal, Shop};
use db::sales::{InvoiceValues, LineValues, Settlement};
use domain::{
    AssetStatus, BulkStockId, InvoiceCustomerType, InvoiceStatus, Money, PaidBy, RepairStatus, RepairTicketId,
};
use serde_json::json;

/// SKU of the service that labour is billed as.
const LABOUR_SKU: &str = "REPAIR-LABOUR";
/// SKU of the service that parts are billed as.
const PARTS_SKU: &str = "REPAIR-PARTS";

/// Whether an invoice bills a ticket that still counts.
fn billed(ticket: &RepairTicket) -> bool {
    ticket.invoice_id.is_some() && ticket.invoice_status != Some(InvoiceStatus::Cancelled)
}

/// Refuses to change what an invoice says already.
pub(super) fn refuse_billed(ticket: &RepairTicket) -> Result<(), Refusal> {
    if !billed(ticket) {
        return Ok(());
    }
    let text = format!(
        "{} is billed with {}: cancel that invoice first.",
        ticket.ticket_number,
        ticket.invoice_number.as_deref().unwrap_or("an invoice")
    );
    Err(Refusal::conflict("ticket_billed", text))
}

/// Bills a repair that is Ready or Closed to its customer. The invoice is Sent: its hold does not run out, because it holds
/// nothing of the stock.
pub async fn bill(shop: &Shop, actor: &Actor, id: RepairTicketId) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let refuse =
        |code: &str, why: &str| Err(Refusal::conflict(code, format!("{} {why}", before.ticket_number)));
    match before.paid_by {
        PaidBy::Warranty => return refuse("nothing_to_bill", "is paid by a warranty: nothing is billed."),
        PaidBy::Shop => return refuse("nothing_to_bill", "is of our own stock: nothing is billed."),
        PaidBy::Customer => {}
    }
    refuse_billed(&before)?;
    if !matches!(before.status, RepairStatus::Ready | RepairStatus::Closed) {
        let text = format!("is {}: it is billed when it is Ready.", before.status);
        return refuse("ticket_status", &text);
    }
    let Some(customer_id) = before.customer_id else {
        return refuse("no_customer", "has no customer to bill.");
    };
    let parts = db::repairs::ticket_parts(tx.conn(), id).await?;
    let mut services = Vec::new();
    for sku in [LABOUR_SKU, PARTS_SKU] {
        let item = db::repairs::service_item(tx.conn(), sku).await?;
        services.push(item.ok_or_else(|| {
            let text = format!("There is no service {sku} to bill with: add it to the stock, not counted.");
            Refusal::conflict("no_service", text)
        })?);
    }
    let (Some(labour), Some(built_in)) = (services.first(), services.get(1)) else {
        return Err(Refusal::Internal("two services were looked for".into()));
    };
    let lines = lines(&before, &parts, *labour, *built_in)?;
    if lines.is_empty() {
        return refuse("nothing_to_bill", "comes to nothing: there is nothing to bill.");
    }
    let sums = lines
        .iter()
        .map(|line| line.unit_price.checked_mul_quantity(line.quantity))
        .collect::<Option<Vec<Money>>>()
        .ok_or_else(|| Refusal::conflict("too_much", super::TOO_MUCH))?;
    let totals = total_up(&settings, shop.today(), sums, "")
        .map_err(|refusal| Refusal::conflict("too_much", refusal.sentence()))?;
    let customer = db::customers::customer_find(tx.conn(), customer_id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let notes = format!("Repair {}", before.ticket_number);
    let written = db::sales::sale_insert(
        tx.conn(),
        &InvoiceValues {
            customer_id: Some(customer_id),
            customer_type: match customer.customer_type {
                domain::CustomerType::Wholesale => InvoiceCustomerType::Wholesale,
                domain::CustomerType::Retail => InvoiceCustomerType::Retail,
            },
            totals: &totals,
            lead_source: None,
            sales_rep_id: actor.user_id,
            notes: Some(&notes),
            invoice_date: None,
        },
        &lines,
        &[],
    )
    .await?;
    db::sales::sale_settle(
        tx.conn(),
        &Settlement {
            invoice_id: written.id,
            status: InvoiceStatus::Sent,
            hold_expires_at: None,
            asset_ids: &[],
            asset_status: AssetStatus::Reserved,
            stock: &[],
            customer_id: Some(customer_id),
            warranties: &[],
            start_date: None,
        },
    )
    .await?;
    db::repairs::ticket_billed(tx.conn(), id, written.id).await?;
    let words = format!("{} of {}", written.invoice_number, totals.total_amount.ghs());
    db::repairs::event_insert(tx.conn(), id, "billed", None, Some(&words)).await?;
    let invoice = db::invoices::invoice_detail(tx.conn(), written.id).await?;
    tx.audit(
        "invoice.create",
        "invoices",
        written.id.get(),
        None,
        Some(json!(invoice)),
    )
    .await?;
    finish(tx, "repair.bill", 201, id, Some(json!(before))).await
}

/// The lines of the invoice: each part and service that stayed, and the labour beside the services.
fn lines(
    ticket: &RepairTicket,
    parts: &[RepairPart],
    labour: BulkStockId,
    built_in: BulkStockId,
) -> Result<Vec<LineValues>, Refusal> {
    let too_much = || Refusal::conflict("too_much", super::TOO_MUCH);
    let services = super::parts::amount(PaidBy::Customer, parts.iter().filter(|p| !p.is_stocked))
        .ok_or_else(too_much)?;
    let entered = ticket
        .labor_cost
        .unwrap_or(Money::ZERO)
        .checked_sub(services)
        .ok_or_else(too_much)?;
    let mut lines: Vec<LineValues> = parts
        .iter()
        .filter(|p| p.removed_at.is_none())
        .map(|p| LineValues {
            line_number: 0,
            asset_id: None,
            bulk_stock_id: Some(if p.is_stocked { built_in } else { p.bulk_stock_id }),
            item_description: short(&format!("{} · {}", p.item_name, ticket.ticket_number)),
            quantity: p.quantity,
            unit_price: p.unit_price,
            list_price: None,
            price_approved_by: None,
            unit_cost: p.unit_cost,
        })
        .collect();
    if entered.is_positive() {
        lines.push(LineValues {
            line_number: 0,
            asset_id: None,
            bulk_stock_id: Some(labour),
            item_description: short(&format!(
                "Labour: {} · {}",
                ticket.issue_type, ticket.ticket_number
            )),
            quantity: 1,
            unit_price: entered,
            list_price: None,
            price_approved_by: None,
            unit_cost: Some(Money::ZERO),
        });
    }
    let total = ticket.total_cost.unwrap_or(Money::ZERO);
    if !total.is_positive() {
        return Ok(Vec::new());
    }
    for (line, number) in lines.iter_mut().zip(1..) {
        line.line_number = number;
    }
    Ok(lines)
}

fn short(text: &str) -> String {
    text.chars().take(255).collect()
}
