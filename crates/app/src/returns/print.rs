//! A credit note on paper.

use super::find;
use crate::invoices::print::{Layout, Printed, day, draw, letterhead, split_description};
use crate::{Refusal, Shop};
use documents::{CreditNoteDoc, CreditNoteLine, CreditNoteRefund, InvoiceTax};
use domain::{Disposition, ReturnId};

/// Prints a credit note.
pub async fn print(shop: &Shop, id: ReturnId, layout: Layout) -> Result<Printed, Refusal> {
    let detail = find(shop, id).await?;
    let invoice = crate::invoices::find(shop, detail.head.invoice_id).await?.invoice;
    let name = db::customers::invoice_name_find(&mut *shop.read().await?, invoice.id).await?;
    let settings = shop.settings().await?;
    let number = detail.head.return_number.clone();
    let file_name = match layout {
        Layout::A4 => format!("{number}.pdf"),
        Layout::Receipt => format!("{number}-receipt.pdf"),
    };
    let head = detail.head;
    let doc = CreditNoteDoc {
        shop: letterhead(&settings.shop),
        number,
        date: head
            .created_at
            .with_timezone(&shop.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string(),
        invoice_number: invoice.invoice_number,
        invoice_date: day(invoice.invoice_date),
        customer: name
            .map(|n| n.business_name.unwrap_or(n.full_name))
            .or(head.customer_name),
        served_by: head.approved_by_name,
        reason: head.reason,
        lines: detail
            .lines
            .into_iter()
            .map(|line| {
                let (description, specification) = split_description(&line.item_description);
                CreditNoteLine {
                    description,
                    detail: specification,
                    serial_number: line.serial_number,
                    asset_tag: line.asset_tag,
                    disposition: (line.disposition == Disposition::Scrap)
                        .then(|| "Not put back on sale".to_owned()),
                    quantity: line.quantity.to_string(),
                    unit_price: line.unit_price.grouped(),
                    line_total: line.line_total.grouped(),
                }
            })
            .collect(),
        subtotal: head.subtotal.ghs(),
        taxes: head
            .tax_lines
            .iter()
            .map(|tax| InvoiceTax {
                name: format!("{} {} %", tax.name, tax.rate.normalize()),
                amount: tax.amount.ghs(),
            })
            .collect(),
        taxes_included: invoice.tax_mode == "inclusive",
        total: head.total_amount.ghs(),
        refunds: detail
            .refunds
            .into_iter()
            .map(|r| CreditNoteRefund {
                label: match (r.exchange_invoice_id, r.reference.as_deref()) {
                    (Some(_), Some(number)) => format!("Paid towards {number}"),
                    _ => format!("Given back by {}", r.payment_method),
                },
                reference: r.reference.filter(|_| r.exchange_invoice_id.is_none()),
                date: day(r.refund_date),
                amount: r.amount.ghs(),
            })
            .collect(),
        created_at: head.created_at,
    };
    draw(file_name, move || match layout {
        Layout::A4 => documents::credit_note(&doc),
        Layout::Receipt => documents::credit_receipt(&doc),
    })
    .await
}
