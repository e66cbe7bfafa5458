//! The lines of a Draft.

use super::{InvoiceDetail, finish, lock, not_a_draft};
use crate::sales::{Cart, Goods, NewLine, cart, hold_goods, total_up};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::invoices::{Invoice, InvoiceLine};
use domain::{InvoiceId, InvoiceStatus};

/// Puts a device or an item on a Draft, which holds it from then on.
pub async fn add_line(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    line: NewLine,
) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let lines = [line];
    cart::check(&lines, "").map_err(on_the_line)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let (before, old) = draft(&mut tx, id).await?;
    if old.len() >= crate::sales::MOST_LINES {
        return Err(Refusal::conflict(
            "too_many_lines",
            "This invoice is full: make another one for the rest.",
        ));
    }
    let number = old
        .iter()
        .map(|line| line.line_number)
        .max()
        .unwrap_or(0)
        .saturating_add(1);
    let prices = match before.customer_id {
        Some(customer) => db::wholesale::customer_price_list(tx.conn(), customer).await?,
        None => None,
    };
    let prices = prices.map(|list| list.percents());
    let mut cart = Cart::load(&mut tx, shop, &lines, prices.as_ref(), number, "", None)
        .await
        .map_err(on_the_line)?;
    cart.approve_prices(&mut tx, &settings, None).await?;
    db::sales::lines_insert(tx.conn(), id, &cart.values()).await?;
    let line_totals = old
        .iter()
        .map(|l| l.line_total)
        .chain(cart.lines.iter().map(|l| l.line_total));
    let totals = total_up(&settings, before.invoice_date, line_totals, "/unit_price")?;
    db::invoices::invoice_total(tx.conn(), id, &totals).await?;
    db::sales::reason_set(tx.conn(), id, &format!("On invoice {}", before.invoice_number)).await?;
    hold_goods(
        &mut tx,
        shop,
        &settings,
        &before,
        &Goods {
            asset_ids: cart.devices(),
            stock: cart.stock(false),
        },
    )
    .await?;
    finish(shop, tx, "invoice.add_line", 201, &before).await
}

/// The pointers of a body that is one line and not a list of them.
fn on_the_line(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                error.pointer = error
                    .pointer
                    .strip_prefix("/0")
                    .unwrap_or(&error.pointer)
                    .to_owned();
            }
            Refusal::Invalid(errors)
        }
        other => other,
    }
}

/// Takes a line off a Draft and lets go of what it held.
pub async fn remove_line(shop: &Shop, actor: &Actor, id: InvoiceId, line_number: i32) -> Result<(), Refusal> {
    actor.require(Capability::Sell)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let (before, lines) = draft(&mut tx, id).await?;
    let (gone, kept): (Vec<InvoiceLine>, Vec<InvoiceLine>) =
        lines.into_iter().partition(|l| l.line_number == line_number);
    if gone.is_empty() {
        return Err(Refusal::not_found("line"));
    }
    let goods = Goods::held(&gone, false);
    db::sales::devices_lock(tx.conn(), &goods.asset_ids).await?;
    db::sales::reason_set(
        tx.conn(),
        id,
        &format!("Taken off invoice {}", before.invoice_number),
    )
    .await?;
    db::invoices::invoice_line_delete(tx.conn(), id, line_number).await?;
    let totals = total_up(
        &settings,
        before.invoice_date,
        kept.iter().map(|line| line.line_total),
        "/lines",
    )?;
    db::invoices::invoice_total(tx.conn(), id, &totals).await?;
    db::sales::goods_release(tx.conn(), &goods.asset_ids, &goods.stock).await?;
    tx.audit(
        "invoice.remove_line",
        "invoices",
        id.get(),
        Some(serde_json::json!(gone)),
        None,
    )
    .await?;
    tx.commit(204, &()).await
}

/// A Draft under its lock, with its lines.
async fn draft(tx: &mut Tx, id: InvoiceId) -> Result<(Invoice, Vec<InvoiceLine>), Refusal> {
    let invoice = lock(tx, id).await?;
    if invoice.status != InvoiceStatus::Draft {
        return Err(not_a_draft(&invoice, "what is on it"));
    }
    let lines = db::invoices::invoice_lines(tx.conn(), id).await?;
    Ok((invoice, lines))
}
