//! Taking goods back: the invoice under its lock, then its devices, its items and its warranties, the money, and where that
//! leaves the invoice.

use super::{NewRefund, NewReturn, ReturnDetail, TakenBack, require_approval};
use crate::invoices::{self, Invoice, InvoiceLine, TaxLine};
use crate::{Actor, Refusal, Shop, Tx};
use db::returns::{RefundValues, ReturnValues};
use domain::invoice::returns::{Charged, Giveback, TenderLeft, check_refunds, credit};
use domain::{
    AssetId, BulkStockId, Disposition, Invalid, InvoiceId, InvoiceLineId, InvoiceStatus, Money, ReturnId,
    Text, UserId,
};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};

/// Most lines of one return.
pub const MOST_LINES: usize = 200;
/// Most refunds of one return.
pub const MOST_REFUNDS: usize = 50;

/// Takes goods of an invoice back and gives their money back.
pub async fn take_back(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    new: NewReturn,
) -> Result<TakenBack, Refusal> {
    require_approval(actor, id)?;
    check(&new)?;
    let mut tx = shop.begin(actor).await?;
    let before = invoices::lock(&mut tx, id).await?;
    let made = whole(&mut tx, &before, &new, None).await?;
    let answer = answer(&mut tx, shop, &before, made).await?;
    tx.commit(201, &answer).await?;
    Ok(answer)
}

/// What needs no database.
pub(super) fn check(new: &NewReturn) -> Result<(), Refusal> {
    let mut invalid = Invalid::new();
    if new.lines.is_empty() {
        invalid.push("/lines", "Say what comes back: choose at least one line.");
    }
    if new.lines.len() > MOST_LINES {
        invalid.push("/lines", format!("A return has at most {MOST_LINES} lines."));
    }
    if new.refunds.len() > MOST_REFUNDS {
        invalid.push(
            "/refunds",
            format!("A return has at most {MOST_REFUNDS} refunds."),
        );
    }
    for (n, line) in new.lines.iter().enumerate() {
        if line.quantity == 0 || line.quantity > 100_000 {
            invalid.push(
                format!("/lines/{n}/quantity"),
                "A quantity is a whole number from 1 to 100,000.",
            );
        }
        if line.line_number == 0 || line.line_number > 100_000 {
            invalid.push(
                format!("/lines/{n}/line_number"),
                "The number of a line is a whole number from 1 to 100,000.",
            );
        }
        if new.lines[..n].iter().any(|l| l.line_number == line.line_number) {
            invalid.push(
                format!("/lines/{n}/line_number"),
                "This line stands here twice: put its quantities together.",
            );
        }
    }
    invalid.into_result().map_err(|e| Refusal::Invalid(e.0))
}

/// The whole of a return on a locked invoice: goods, money, and the invoice's new status.
pub(super) async fn whole(
    tx: &mut Tx,
    before: &Invoice,
    new: &NewReturn,
    asked_by: Option<UserId>,
) -> Result<ReturnId, Refusal> {
    let goods = goods_back(tx, before, new, asked_by).await?;
    give_back(
        tx,
        before.id,
        goods.id,
        &goods.tenders,
        &new.refunds,
        goods.credit_due,
    )
    .await?;
    close(tx, before.id, &goods).await?;
    Ok(goods.id)
}

/// Goods that are back, before their money is.
pub(super) struct GoodsBack {
    /// The return.
    pub(super) id: ReturnId,
    /// Number of its credit note.
    pub(super) number: String,
    /// What the shop owes the customer now.
    pub(super) credit_due: Money,
    /// What each tender paid and was not given back yet.
    pub(super) tenders: Vec<TenderLeft>,
}

/// Takes the goods back. The invoice is locked.
pub(super) async fn goods_back(
    tx: &mut Tx,
    invoice: &Invoice,
    new: &NewReturn,
    asked_by: Option<UserId>,
) -> Result<GoodsBack, Refusal> {
    let out = invoice.status == InvoiceStatus::Paid
        || (invoice.status == InvoiceStatus::Sent && invoice.goods_released_at.is_some());
    if !out {
        let hint = match invoice.status {
            InvoiceStatus::Draft | InvoiceStatus::Sent => "its goods are still here: cancel it instead",
            InvoiceStatus::Cancelled => "nothing of it went out",
            InvoiceStatus::Paid | InvoiceStatus::Refunded => "everything on it came back already",
        };
        let text = format!("{} is {}: {hint}.", invoice.invoice_number, invoice.status);
        return Err(Refusal::conflict("invoice_status", text));
    }
    let lines = db::invoices::invoice_lines(tx.conn(), invoice.id).await?;
    let back: HashMap<i32, i64> = db::returns::lines_returned(tx.conn(), invoice.id)
        .await?
        .into_iter()
        .collect();
    let tenders = db::returns::tenders_left(tx.conn(), invoice.id).await?;
    let chosen = choose(invoice, &lines, &back, new)?;

    // The devices first, in order, as everybody locks them.
    let mut devices: Vec<(AssetId, Disposition)> = chosen
        .iter()
        .filter_map(|(line, _, disposition)| Some((line.asset_id?, *disposition)))
        .collect();
    devices.sort_unstable_by_key(|(id, _)| *id);
    let ids: Vec<AssetId> = devices.iter().map(|(id, _)| *id).collect();
    db::sales::devices_lock(tx.conn(), &ids).await?;

    let (values, tax_lines) = worth(invoice, &lines, &back, &chosen)?;
    let credited = invoice.amount_credited.checked_add(values.total_amount);
    let credit_due = domain::invoice::returns::credit_due(
        invoice.total_amount,
        credited.unwrap_or(invoice.total_amount),
        invoice.amount_paid,
        invoice.amount_refunded,
    );
    // Before a number is taken, so that what is refused leaves no gap.
    check_money(&tenders, &new.refunds, credit_due)?;
    let written: Vec<(InvoiceLineId, i32, Disposition)> = chosen
        .iter()
        .map(|(line, quantity, disposition)| (line.id, *quantity, *disposition))
        .collect();
    let approved_by = tx.actor().user_id;
    let (id, number) = db::returns::return_insert(
        tx.conn(),
        &ReturnValues {
            invoice_id: invoice.id,
            reason: new.reason.as_str(),
            approved_by,
            created_by: asked_by,
            subtotal: values.subtotal,
            tax_amount: values.tax_amount,
            total_amount: values.total_amount,
            tax_lines: &tax_lines,
            lines: &written,
        },
    )
    .await?;
    db::returns::devices_returned(tx.conn(), &devices).await?;
    let items = |only: Option<Disposition>| -> Vec<(BulkStockId, i32)> {
        let mut counts = BTreeMap::new();
        for (line, quantity, disposition) in &chosen {
            if let Some(item) = line.bulk_stock_id.filter(|_| line.is_stocked)
                && only.is_none_or(|only| only == *disposition)
            {
                *counts.entry(item).or_insert(0_i32) += quantity;
            }
        }
        counts.into_iter().collect()
    };
    db::returns::items_returned(tx.conn(), &items(None), &items(Some(Disposition::Scrap)), &number).await?;
    let reason = format!("Returned with {number}: {}", new.reason);
    let claimed = db::returns::warranties_void(tx.conn(), invoice.id, &ids, &reason).await?;
    if let Some(warranty) = claimed.first() {
        let text = format!("{warranty} has an open claim on this device: decide the claim first.");
        return Err(Refusal::conflict("warranty_claimed", text));
    }
    Ok(GoodsBack {
        id,
        number,
        credit_due,
        tenders,
    })
}

type Chosen<'a> = (&'a InvoiceLine, i32, Disposition);

/// The lines that come back, each checked against what was sold and what came back before.
fn choose<'a>(
    invoice: &Invoice,
    lines: &'a [InvoiceLine],
    back: &HashMap<i32, i64>,
    new: &NewReturn,
) -> Result<Vec<Chosen<'a>>, Refusal> {
    let (mut invalid, mut chosen, mut gone) = (Invalid::new(), Vec::new(), Vec::new());
    for (n, wish) in new.lines.iter().enumerate() {
        let (number, quantity) = (
            i32::try_from(wish.line_number).unwrap_or(i32::MAX),
            i32::try_from(wish.quantity).unwrap_or(i32::MAX),
        );
        let Some(line) = lines.iter().find(|l| l.line_number == number) else {
            let text = format!("{} has no line {number}.", invoice.invoice_number);
            invalid.push(format!("/lines/{n}/line_number"), text);
            continue;
        };
        let allowed = if line.asset_id.is_some() {
            Disposition::OF_DEVICES
        } else {
            Disposition::OF_ITEMS
        };
        if !allowed.contains(&wish.disposition) {
            let text = format!(
                "{} can be given {} here.",
                if line.asset_id.is_some() {
                    "A device"
                } else {
                    "An item"
                },
                domain::text::one_of(allowed)
            );
            invalid.push(format!("/lines/{n}/disposition"), text);
        }
        if quantity > line.quantity {
            let text = format!(
                "Line {number} sold {}: no more than that can come back.",
                line.quantity
            );
            invalid.push(format!("/lines/{n}/quantity"), text);
            continue;
        }
        let came = back.get(&number).copied().unwrap_or(0);
        let left = i64::from(line.quantity) - came;
        if line.released_at.is_some() || i64::from(quantity) > left {
            gone.push(
                match (line.released_at.is_some() || left <= 0, line.asset_tag.as_deref()) {
                    (true, Some(tag)) => format!("{tag} came back already: leave line {number} out."),
                    (true, None) => format!("All of line {number} came back already: leave it out."),
                    (false, _) => format!(
                        "{came} of the {} on line {number} came back already: {left} can come back at most.",
                        line.quantity
                    ),
                },
            );
            continue;
        }
        chosen.push((line, quantity, wish.disposition));
    }
    invalid.into_result().map_err(|e| Refusal::Invalid(e.0))?;
    if gone.is_empty() {
        Ok(chosen)
    } else {
        Err(Refusal::conflict("already_returned", gone.join(" ")))
    }
}

/// What the chosen lines are worth, after what came back before them.
fn worth(
    invoice: &Invoice,
    lines: &[InvoiceLine],
    back: &HashMap<i32, i64>,
    chosen: &[Chosen<'_>],
) -> Result<(domain::invoice::returns::Credit, Vec<TaxLine>), Refusal> {
    let too_much = || Refusal::Internal(format!("{} cannot be credited", invoice.invoice_number));
    let sum = |parts: Vec<Option<Money>>| -> Option<Money> {
        Money::sum(parts.into_iter().collect::<Option<Vec<_>>>()?)
    };
    let charged = Charged {
        inclusive: invoice.tax_mode == "inclusive",
        lines: Money::sum(lines.iter().map(|l| l.line_total)).ok_or_else(too_much)?,
        taxes: invoice.tax_lines.iter().map(|t| t.amount).collect(),
    };
    let before = sum(lines
        .iter()
        .map(|l| {
            let came = back.get(&l.line_number).copied().unwrap_or(0);
            l.unit_price.checked_mul_quantity(i32::try_from(came).ok()?)
        })
        .collect())
    .ok_or_else(too_much)?;
    let coming = sum(chosen
        .iter()
        .map(|(line, quantity, _)| line.unit_price.checked_mul_quantity(*quantity))
        .collect())
    .ok_or_else(too_much)?;
    let credit = credit(&charged, before, coming).ok_or_else(too_much)?;
    let tax_lines = invoice
        .tax_lines
        .iter()
        .zip(&credit.taxes)
        .map(|(tax, amount)| TaxLine {
            amount: *amount,
            ..tax.clone()
        })
        .collect();
    Ok((credit, tax_lines))
}

/// Whether this money may be given back.
fn check_money(tenders: &[TenderLeft], refunds: &[NewRefund], most: Money) -> Result<(), Refusal> {
    let wished: Vec<Giveback> = refunds
        .iter()
        .map(|r| Giveback {
            payment_method: r.payment_method,
            amount: r.amount.money(),
            instead_of: r.instead_of,
        })
        .collect();
    check_refunds(&wished, tenders, most).map_err(|refused| Refusal::Invalid(vec![refused.at("/refunds")]))
}

/// Gives money back, never more than `most` and never more by a tender than it paid.
pub(super) async fn give_back(
    tx: &mut Tx,
    invoice: InvoiceId,
    id: ReturnId,
    tenders: &[TenderLeft],
    refunds: &[NewRefund],
    most: Money,
) -> Result<(), Refusal> {
    check_money(tenders, refunds, most)?;
    let values: Vec<RefundValues> = refunds
        .iter()
        .map(|r| RefundValues {
            payment_method: r.payment_method,
            amount: r.amount.money(),
            instead_of: r.instead_of,
            reference: r.reference.as_ref().and_then(Text::non_empty).map(str::to_owned),
            exchange_invoice_id: None,
        })
        .collect();
    db::returns::refunds_insert(tx.conn(), invoice, id, &values).await?;
    Ok(())
}

/// Brings the invoice to where its returns left it.
pub(super) async fn close(tx: &mut Tx, invoice: InvoiceId, goods: &GoodsBack) -> Result<(), Refusal> {
    let reason = format!("Everything came back with {}", goods.number);
    db::returns::invoice_after_return(tx.conn(), invoice, &reason).await?;
    Ok(())
}

/// The return as it is now, with its audit row.
pub(super) async fn record(tx: &mut Tx, id: ReturnId) -> Result<ReturnDetail, Refusal> {
    let made = db::returns::return_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("return"))?;
    tx.audit("return.create", "returns", id.get(), None, Some(json!(made)))
        .await?;
    Ok(made)
}

/// What is answered, and the audit rows.
pub(super) async fn answer(
    tx: &mut Tx,
    shop: &Shop,
    before: &Invoice,
    id: ReturnId,
) -> Result<TakenBack, Refusal> {
    let made = record(tx, id).await?;
    let invoice = db::invoices::invoice_detail(tx.conn(), before.id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    let invoice = invoices::on_its_day(shop, invoice);
    tx.audit(
        "invoice.return",
        "invoices",
        before.id.get(),
        Some(json!(before)),
        Some(json!(invoice)),
    )
    .await?;
    Ok(TakenBack {
        invoice,
        return_number: made.head.return_number.clone(),
        made,
    })
}

/// What the chosen lines would credit, and how that would be given back as it was paid.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What the lines are worth.
    pub total: Money,
    /// What could be given back.
    pub credit_due: Money,
    /// As it was paid, by tender.
    pub refunds: Vec<TenderLeft>,
}

/// Works out a return without making it.
pub async fn preview(shop: &Shop, id: InvoiceId, wish: &NewReturn) -> Result<Preview, Refusal> {
    preview_in(&mut *shop.read().await?, id, wish).await
}

/// The same on a connection that the caller has already: whoever has a transaction open asks for no other.
pub(crate) async fn preview_in(
    conn: &mut PgConnection,
    id: InvoiceId,
    wish: &NewReturn,
) -> Result<Preview, Refusal> {
    check(wish)?;
    let invoice = db::invoices::invoice_find(&mut *conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    let lines = db::invoices::invoice_lines(&mut *conn, id).await?;
    let back: HashMap<i32, i64> = db::returns::lines_returned(&mut *conn, id)
        .await?
        .into_iter()
        .collect();
    let tenders = db::returns::tenders_left(&mut *conn, id).await?;
    let chosen = choose(&invoice, &lines, &back, wish)?;
    let (credit, _) = worth(&invoice, &lines, &back, &chosen)?;
    let credited = invoice.amount_credited.checked_add(credit.total_amount);
    let credit_due = domain::invoice::returns::credit_due(
        invoice.total_amount,
        credited.unwrap_or(invoice.total_amount),
        invoice.amount_paid,
        invoice.amount_refunded,
    );
    Ok(Preview {
        total: credit.total_amount,
        credit_due,
        refunds: domain::invoice::returns::as_it_came(&tenders, credit_due),
    })
}

/// Takes goods of a locked invoice back, with their money, inside a transaction that the caller began and commits.
pub(crate) async fn take_back_in(
    tx: &mut Tx,
    shop: &Shop,
    invoice: &Invoice,
    new: &NewReturn,
) -> Result<ReturnId, Refusal> {
    let id = whole(tx, invoice, new, None).await?;
    answer(tx, shop, invoice, id).await?;
    Ok(id)
}

/// Takes a device back that is replaced for nothing, by a credit note of nothing: it becomes Returned, and its warranty ends.
/// Its invoice and it are locked.
pub(crate) async fn swap_back(
    tx: &mut Tx,
    invoice: &Invoice,
    line: &InvoiceLine,
    reason: &str,
) -> Result<ReturnId, Refusal> {
    let asset = line
        .asset_id
        .ok_or_else(|| Refusal::Internal("a device is swapped".into()))?;
    let approved_by = tx.actor().user_id;
    let (id, _) = db::returns::return_insert(
        tx.conn(),
        &ReturnValues {
            invoice_id: invoice.id,
            reason,
            approved_by,
            created_by: None,
            subtotal: Money::ZERO,
            tax_amount: Money::ZERO,
            total_amount: Money::ZERO,
            tax_lines: &[],
            lines: &[(line.id, 1, Disposition::Diagnostics)],
        },
    )
    .await?;
    db::returns::device_swapped(tx.conn(), asset).await?;
    db::returns::warranties_void(tx.conn(), invoice.id, &[asset], reason).await?;
    record(tx, id).await?;
    Ok(id)
}
