//! What the shop has written to its customers lately, and what one of them allows.

use super::people::Staff;
use crate::messages::{self, NewConsents, NewMessage};
use crate::{PageRequest, Refusal, Shop, invoices, lists};
use chrono::TimeDelta;
use db::invoices::Invoice;
use domain::{Allows, Channel, ConsentHow, InvoiceStatus, MessageKind};

/// Receipts of the newest sales to customers who are known: opened in WhatsApp, and two that wait to be.
pub(super) async fn write(shop: &Shop, staff: &Staff) -> Result<(), Refusal> {
    let request = PageRequest {
        limit: 60,
        filters: vec![("status".into(), InvoiceStatus::Paid.to_string())],
        ..PageRequest::default()
    };
    let sold = lists::page::<Invoice>(shop, &invoices::LIST, &request)
        .await?
        .data;
    let settings = shop.settings().await?;
    let mut minutes = 45;
    for invoice in sold.iter().filter(|i| i.customer_id.is_some()).take(6) {
        minutes -= 5;
        let at = shop.at(shop.now() - TimeDelta::minutes(minutes));
        let new = NewMessage {
            invoice_id: Some(invoice.id),
            ..NewMessage::new(MessageKind::Receipt, Channel::WhatsApp)
        };
        if minutes > 20 {
            messages::create(&at, &staff.ama, new).await?;
        } else {
            let mut tx = at.begin(&staff.ama).await?;
            messages::queue(&mut tx, &at, &settings, &new).await?;
            tx.commit(204, &()).await?;
        }
    }
    let asked = NewConsents {
        email: None,
        whatsapp: Some(Allows::Everything),
        sms: Some(Allows::Nothing),
        given_how: ConsentHow::InPerson,
        given_on: None,
    };
    if let Some(id) = sold.iter().find_map(|i| i.customer_id) {
        messages::consents_set(
            &shop.at(shop.now() - TimeDelta::minutes(5)),
            &staff.ama,
            id,
            asked,
        )
        .await?;
    }
    Ok(())
}
