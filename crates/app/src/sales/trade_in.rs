//! An old device taken as part payment: it is received with the agreed value as its cost, and pays the sale by Other with
//! its tag as reference (`payment_sources.asset_id`).
//!
//! A device that we sold keeps its record (PRODUCT.md section 2): it goes from Sold to Returned, and on to diagnostics. The
//! sale that it comes from stays as it was, without a credit note; only its line lets go of the device (`buy_backs`).

use super::checkout::{Credit, CreditSource};
use super::{NewSale, NewTradeIn, cart};
use crate::{Refusal, Tx};
use chrono::NaiveDate;
use db::assets::AssetValues;
use db::buy_backs::SoldLine;
use db::sales::SaleReferences;
use domain::{AssetStatus, Disposition, Invalid, InvoiceId, InvoiceStatus, Money, Serial, Text};
use serde_json::json;

/// What needs no database.
pub(super) fn check(trade_ins: &[NewTradeIn]) -> Result<(), Refusal> {
    let mut invalid = Invalid::new();
    if trade_ins.len() > 20 {
        invalid.push("/trade_ins", "A sale takes at most 20 devices in trade.");
    }
    for (n, device) in trade_ins.iter().enumerate() {
        let key = device.serial_number.key();
        if trade_ins[..n]
            .iter()
            .any(|other| other.serial_number.key() == key)
        {
            invalid.push(
                format!("/trade_ins/{n}/serial_number"),
                "This device stands here twice: leave one out.",
            );
        }
    }
    invalid.into_result().map_err(|e| Refusal::Invalid(e.0))
}

/// Those that we sold ourselves, locked: their invoices first, then they and the devices of the cart, in one order.
pub(super) async fn lock_known(tx: &mut Tx, sale: &NewSale) -> Result<Vec<SoldLine>, Refusal> {
    let serials: Vec<&str> = sale.trade_ins.iter().map(|t| t.serial_number.as_str()).collect();
    if serials.is_empty() {
        return Ok(Vec::new());
    }
    let known = db::buy_backs::sold_lines(tx.conn(), &serials).await?;
    if known.is_empty() {
        return Ok(known);
    }
    let invoices: Vec<InvoiceId> = known.iter().map(|line| line.invoice_id).collect();
    db::buy_backs::invoices_lock(tx.conn(), &invoices).await?;
    let mut names = cart::names(&sale.lines);
    names
        .asset_ids
        .extend(known.iter().map(|line| line.asset_id.get()));
    db::sales::cart_lock(tx.conn(), &names).await?;
    Ok(db::buy_backs::sold_lines(tx.conn(), &serials).await?)
}

/// Takes a device back that we sold.
async fn take_back(
    tx: &mut Tx,
    line: &SoldLine,
    device: &NewTradeIn,
    from: &str,
    at: &str,
) -> Result<(), Refusal> {
    if line.invoice_status != InvoiceStatus::Paid {
        return Err(Refusal::conflict(
            "trade_in_unpaid",
            format!(
                "{} was sold with {}, which is not paid yet: take the rest of it first, or take the device back as a return.",
                line.asset_tag, line.invoice_number
            ),
        ));
    }
    if device.product_model_id != line.product_model_id {
        return Err(Refusal::invalid(
            format!("{at}/product_model_id"),
            format!(
                "This is {}, which we sold as another model: choose its own.",
                line.asset_tag
            ),
        ));
    }
    let before = db::assets::asset_find(tx.conn(), line.asset_id).await?;
    let reason = format!("Taken in trade from {from}, sold with {}", line.invoice_number);
    db::sales::reason_set(tx.conn(), line.invoice_id, &reason).await?;
    let condition = device.condition.as_ref().and_then(Text::non_empty);
    let supplier: String = from.chars().take(100).collect();
    db::buy_backs::buy_back(tx.conn(), line, device.agreed_value.money(), &supplier, condition).await?;
    db::returns::devices_returned(tx.conn(), &[(line.asset_id, Disposition::Diagnostics)]).await?;
    let claimed = db::returns::warranties_void(tx.conn(), line.invoice_id, &[line.asset_id], &reason).await?;
    if let Some(warranty) = claimed.first() {
        let text = format!("{warranty} has an open claim on this device: decide the claim first.");
        return Err(Refusal::conflict("warranty_claimed", text));
    }
    let after = db::assets::asset_find(tx.conn(), line.asset_id).await?;
    tx.audit(
        "asset.trade_in",
        "assets",
        line.asset_id.get(),
        before.map(|b| json!(b.asset)),
        after.map(|a| json!(a.asset)),
    )
    .await
}

/// Receives the devices, and answers what they pay. `known` are those that we sold ourselves.
pub(super) async fn take(
    tx: &mut Tx,
    trade_ins: &[NewTradeIn],
    known: &[SoldLine],
    customer: Option<&SaleReferences>,
    day: NaiveDate,
) -> Result<Vec<Credit>, Refusal> {
    let Some(customer) = customer.filter(|c| c.customer_id.is_some()) else {
        let text = "A device is taken in trade from somebody known: take the customer's name and phone.";
        return Err(Refusal::invalid("/customer", text));
    };
    let from = customer
        .business_name
        .clone()
        .or_else(|| customer.full_name.clone())
        .unwrap_or_else(|| "Trade-in".into());
    let mut credits = Vec::with_capacity(trade_ins.len());
    for (n, device) in trade_ins.iter().enumerate() {
        let serial = device.serial_number.as_str();
        let key = device.serial_number.key();
        let sold = known
            .iter()
            .find(|line| Serial::parse(&line.serial_number).is_ok_and(|s| s.key() == key));
        if let Some(line) = sold {
            take_back(tx, line, device, &from, &format!("/trade_ins/{n}")).await?;
            credits.push(Credit {
                up_to: device.agreed_value.money(),
                reference: line.asset_tag.clone(),
                notes: format!("Trade-in of {serial}"),
                source: CreditSource::TradeIn(line.asset_id),
            });
            continue;
        }
        if let Some(known) = db::assets::asset_find_by_serial(tx.conn(), serial).await? {
            return Err(known_already(&known.asset.asset_tag, known.asset.status));
        }
        if db::catalog::model_find(tx.conn(), device.product_model_id)
            .await?
            .is_none()
        {
            return Err(Refusal::invalid(
                format!("/trade_ins/{n}/product_model_id"),
                "There is no such product model.",
            ));
        }
        let value = device.agreed_value.money();
        let values = AssetValues {
            asset_tag: None,
            serial_number: serial.to_owned(),
            product_model_id: device.product_model_id,
            imei_1: None,
            imei_2: None,
            supplier: Some(from.chars().take(100).collect()),
            purchase_cost: Some(value),
            landed_cost: None,
            received_date: day,
            cosmetic_notes: device
                .condition
                .as_ref()
                .and_then(Text::non_empty)
                .map(str::to_owned),
            battery_health_percent: None,
            battery_cycle_count: None,
            accessories_included: None,
            list_price: None,
            lot_id: None,
        };
        let reason = format!("Taken in trade from {from}");
        let id = db::assets::asset_insert(tx.conn(), &values, None, &reason).await?;
        let made = db::assets::asset_find(tx.conn(), id)
            .await?
            .ok_or_else(|| Refusal::not_found("device"))?;
        tx.audit(
            "asset.trade_in",
            "assets",
            id.get(),
            None,
            Some(json!(made.asset)),
        )
        .await?;
        credits.push(Credit {
            up_to: value,
            reference: made.asset.asset_tag.clone(),
            notes: format!("Trade-in of {serial}"),
            source: CreditSource::TradeIn(id),
        });
    }
    Ok(credits)
}

/// A device that has a record and is not with a customer cannot be traded in by one.
fn known_already(tag: &str, status: AssetStatus) -> Refusal {
    let hint = match status {
        AssetStatus::Sold => {
            "open it and take it back as a return or an exchange of the invoice that sold it"
        }
        AssetStatus::Scrapped => "it was scrapped, so look at the serial number again",
        _ => "it is in the house already, so look at the serial number again",
    };
    Refusal::conflict(
        "trade_in_known",
        format!("This serial number is device {tag}, which is {status}: {hint}."),
    )
}

/// A device in trade pays no more than the sale comes to.
pub(super) fn refuse_beyond(trade_ins: &[NewTradeIn], total: Money) -> Result<(), Refusal> {
    let mut left = total;
    for (n, device) in trade_ins.iter().enumerate() {
        match left.checked_sub(device.agreed_value.money()) {
            Some(rest) if !rest.is_negative() => left = rest,
            _ => {
                return Err(Refusal::invalid(
                    format!("/trade_ins/{n}/agreed_value"),
                    format!(
                        "This is more than what is left to pay, {}: agree on less, or sell more.",
                        left.ghs()
                    ),
                ));
            }
        }
    }
    Ok(())
}
