//! The Z report of a closed till.

use super::{TillDetail, find};
use crate::invoices::print::{Layout, Printed, draw, letterhead};
use crate::{Actor, Refusal, Shop};
use chrono::{DateTime, Utc};
use documents::{TillReportCount, TillReportDoc, TillReportMethod, TillReportMovement};
use domain::{Money, TillMovementKind, TillSessionId};

/// Prints the report of a closed session.
pub async fn print(
    shop: &Shop,
    actor: &Actor,
    id: TillSessionId,
    layout: Layout,
) -> Result<Printed, Refusal> {
    let detail = find(shop, actor, id).await?;
    let Some(number) = detail.session.z_number.clone() else {
        let text = "This till is not closed yet: count it and close it, then its report is printed.";
        return Err(Refusal::conflict("till_not_closed", text));
    };
    let settings = shop.settings().await?;
    let doc = document(shop, letterhead(&settings.shop), number.clone(), detail);
    draw(format!("{number}.pdf"), move || match layout {
        Layout::A4 => documents::till_report(&doc),
        Layout::Receipt => documents::till_report_roll(&doc),
    })
    .await
}

/// `+5.00`, `-5.00`, `0.00`
pub fn signed(amount: Money) -> String {
    if amount.is_positive() {
        format!("+{}", amount.grouped())
    } else {
        amount.grouped()
    }
}

fn document(shop: &Shop, head: documents::Shop, number: String, detail: TillDetail) -> TillReportDoc {
    let when = |at: DateTime<Utc>| {
        at.with_timezone(&shop.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string()
    };
    let TillDetail {
        session,
        movements,
        counts,
        balances,
        invoices,
    } = detail;
    let balances = balances.unwrap_or_default();
    let counted_cash = balances
        .iter()
        .find(|b| b.payment_method == domain::PaymentMethod::Cash)
        .and_then(|b| b.counted);
    let range = invoices.as_ref().and_then(|i| {
        let (first, last) = (i.first_invoice.clone()?, i.last_invoice.clone()?);
        Some(if first == last {
            first
        } else {
            format!("{first} – {last}")
        })
    });
    TillReportDoc {
        shop: head,
        number,
        user: session.user_name,
        opened: when(session.opened_at),
        closed: session.closed_at.map(when).unwrap_or_default(),
        closed_by: session.closed_by_name,
        invoice_count: invoices.map_or(0, |i| i.invoice_count).to_string(),
        invoice_range: range,
        opening_float: session.opening_float.grouped(),
        methods: balances
            .into_iter()
            .map(|b| TillReportMethod {
                method: b.payment_method.to_string(),
                payment_count: b.payment_count.to_string(),
                payments: b.payments.grouped(),
                refunds: b.refunds.grouped(),
                pay_ins: b.pay_ins.grouped(),
                pay_outs: b.pay_outs.grouped(),
                expected: b.expected.grouped(),
                counted: b.counted.map_or("not counted".into(), Money::grouped),
                difference: b.difference.map(signed),
            })
            .collect(),
        movements: movements
            .into_iter()
            .map(|m| TillReportMovement {
                kind: m.kind.to_string(),
                reason: m.reason,
                by: m.created_by_name.unwrap_or_default(),
                amount: match m.kind {
                    TillMovementKind::PayIn => m.amount.grouped(),
                    TillMovementKind::PayOut => format!("-{}", m.amount.grouped()),
                },
            })
            .collect(),
        counts: counts
            .into_iter()
            .filter_map(|c| {
                let quantity = c.quantity.filter(|q| *q > 0)?;
                Some(TillReportCount {
                    denomination: c.denomination?.to_string(),
                    quantity: quantity.to_string(),
                    amount: c.amount.grouped(),
                })
            })
            .collect(),
        counted_cash: counted_cash.unwrap_or(Money::ZERO).grouped(),
        difference: session.difference.map(signed).unwrap_or_default(),
        reason: session.difference_reason,
        created_at: session.closed_at.unwrap_or(session.updated_at),
    }
}
