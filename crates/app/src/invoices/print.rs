//! An invoice on paper.

use super::{InvoiceDetail, find};
use crate::settings::ShopDetails;
use crate::{Refusal, Shop};
use chrono::NaiveDate;
use documents::{InvoiceCustomer, InvoiceDoc, InvoiceLine, InvoicePayment, InvoiceTax};
use domain::{InvoiceId, Money, Phone};

domain::text_enum! {
    /// Which paper.
    pub enum Layout {
        /// A sheet.
        A4 = "a4",
        /// An 80 mm roll.
        Receipt = "receipt",
    }
}

/// A document, printed.
#[derive(Debug, Clone)]
pub struct Printed {
    /// What the file is called.
    pub file_name: String,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// Prints an invoice.
pub async fn print(shop: &Shop, id: InvoiceId, layout: Layout) -> Result<Printed, Refusal> {
    let detail = find(shop, id).await?;
    let customer = match detail.invoice.customer_id {
        Some(id) => db::customers::customer_find(&mut *shop.read().await?, id).await?,
        None => None,
    };
    // Before a merge it said something else, and it says that again.
    let name = db::customers::invoice_name_find(&mut *shop.read().await?, id).await?;
    let customer = match (customer, name) {
        (Some(customer), Some(name)) => Some(customer.named(name)),
        (customer, _) => customer,
    };
    let settings = shop.settings().await?;
    let file_name = match layout {
        Layout::A4 => format!("{}.pdf", detail.invoice.invoice_number),
        Layout::Receipt => format!("{}-receipt.pdf", detail.invoice.invoice_number),
    };
    let doc = document(shop, &settings.shop, detail, customer);
    draw(file_name, move || match layout {
        Layout::A4 => documents::invoice(&doc),
        Layout::Receipt => documents::receipt(&doc),
    })
    .await
}

/// Draws off the async threads.
pub(crate) async fn draw(
    file_name: String,
    work: impl FnOnce() -> Result<Vec<u8>, documents::DocumentError> + Send + 'static,
) -> Result<Printed, Refusal> {
    let pdf = tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Refusal::Internal(e.to_string()))?
        .map_err(|e| Refusal::Internal(format!("{e:?}")))?;
    Ok(Printed { file_name, pdf })
}

/// The shop's head on paper.
pub(crate) fn letterhead(shop: &ShopDetails) -> documents::Shop {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let address = [&shop.address, &shop.city, &shop.country]
        .into_iter()
        .filter_map(|t| filled(t))
        .collect::<Vec<_>>();
    documents::Shop {
        name: shop.name.clone(),
        address: address.join(", "),
        phone: shop.phone.clone(),
        email: filled(&shop.email),
        tin: filled(&shop.tin),
    }
}

/// `14 Jan 2026`
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A line's description and, after the first dot, its details.
pub(crate) fn split_description(text: &str) -> (String, Option<String>) {
    match text.split_once(" · ") {
        Some((name, details)) => (name.to_owned(), Some(details.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn document(
    shop: &Shop,
    details: &ShopDetails,
    detail: InvoiceDetail,
    customer: Option<db::customers::Customer>,
) -> InvoiceDoc {
    let InvoiceDetail {
        invoice,
        lines,
        payments,
        warranties,
        returns: _,
        change_due,
        price_approval: _,
    } = detail;
    let phone = |text: String| text.parse::<Phone>().map_or(text, |p| p.international());
    let buyer = match customer {
        Some(c) => Some(InvoiceCustomer {
            name: match c.business_name {
                Some(business) => format!("{business}\n{}", c.full_name),
                None => c.full_name,
            },
            phone: Some(phone(c.phone)),
            email: c.email,
            address: [c.address, c.city]
                .into_iter()
                .flatten()
                .reduce(|street, city| format!("{street}, {city}")),
            tin: None,
        }),
        None => invoice.customer_name.map(|name| InvoiceCustomer {
            name,
            phone: invoice.customer_phone.filter(|p| !p.is_empty()).map(phone),
            email: None,
            address: None,
            tin: None,
        }),
    };
    let cash_given = Money::sum(
        payments
            .iter()
            .filter(|p| p.payment_method == domain::PaymentMethod::Cash)
            .map(|p| p.tendered.unwrap_or(p.amount)),
    );
    let warranty_notes = warranties
        .iter()
        .map(|w| {
            let thing = w
                .item_description
                .as_deref()
                .map(|t| split_description(t).0)
                .unwrap_or_default();
            let serial = w
                .serial_number
                .as_deref()
                .map(|s| format!(" ({s})"))
                .unwrap_or_default();
            format!(
                "{}: {thing}{serial}, {}, until {}.",
                w.warranty_number,
                w.warranty_tier,
                day(w.end_date)
            )
        })
        .collect();
    InvoiceDoc {
        shop: letterhead(details),
        number: invoice.invoice_number,
        date: invoice
            .created_at
            .with_timezone(&shop.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string(),
        due_date: invoice.due_date.map(day),
        status: invoice.status.to_string(),
        customer: buyer,
        served_by: invoice.sales_rep_name,
        lines: lines
            .into_iter()
            .map(|line| {
                let (description, specification) = split_description(&line.item_description);
                InvoiceLine {
                    description,
                    detail: specification,
                    serial_number: line.serial_number,
                    asset_tag: line.asset_tag,
                    quantity: line.quantity.to_string(),
                    unit_price: line.unit_price.grouped(),
                    // A price above the list is nobody's discount.
                    list_price: line
                        .list_price
                        .filter(|list| *list > line.unit_price)
                        .map(Money::grouped),
                    line_total: line.line_total.grouped(),
                }
            })
            .collect(),
        subtotal: invoice.subtotal.ghs(),
        taxes: invoice
            .tax_lines
            .iter()
            .map(|tax| InvoiceTax {
                name: format!("{} {} %", tax.name, tax.rate.normalize()),
                amount: tax.amount.ghs(),
            })
            .collect(),
        taxes_included: invoice.tax_mode == "inclusive",
        total: invoice.total_amount.ghs(),
        payments: payments
            .into_iter()
            .map(|p| InvoicePayment {
                method: p.payment_method.to_string(),
                reference: p.reference,
                date: Some(day(p.payment_date)),
                note: p.claimed.then(|| "not confirmed yet".to_owned()),
                amount: p.amount.ghs(),
            })
            .collect(),
        cash_given: cash_given.filter(|_| change_due.is_positive()).map(Money::ghs),
        change_given: Some(change_due).filter(|c| c.is_positive()).map(Money::ghs),
        balance_due: invoice.balance_due.ghs(),
        warranty_notes,
        notes: invoice.notes,
        policy: None,
        check_url: Some(format!("{}/check/{}", shop.public_url(), invoice.check_code)),
        created_at: invoice.created_at,
    }
}
