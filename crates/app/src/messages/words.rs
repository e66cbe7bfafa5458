//! What a message says: the values of its placeholders, read from what it is about.

use super::About;
use crate::invoices::print::day;
use crate::{Refusal, Settings};
use db::customers::Customer;
use domain::message::fill;
use domain::{Channel, CustomerId, InvoiceStatus, MessageKind, Money, Phone};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What is known of the thing that a message is about.
#[derive(Debug)]
pub(super) struct Facts {
    customer: Option<Customer>,
    values: BTreeMap<&'static str, String>,
}

fn amount(money: Money) -> String {
    money.ghs()
}

impl Facts {
    pub(super) async fn read(
        conn: &mut PgConnection,
        public_url: &str,
        settings: &Settings,
        kind: MessageKind,
        about: About,
    ) -> Result<Facts, Refusal> {
        let mut values = BTreeMap::from([
            ("shop", settings.shop.name.clone()),
            ("phone", settings.shop.phone.clone()),
        ]);
        let customer_id = match about {
            About::Invoice(id) => {
                let detail = db::invoices::invoice_detail(conn, id)
                    .await?
                    .ok_or_else(|| Refusal::invalid("/invoice_id", "There is no such invoice."))?;
                let invoice = detail.invoice;
                let fits = match kind {
                    MessageKind::Receipt => {
                        matches!(invoice.status, InvoiceStatus::Paid | InvoiceStatus::Refunded)
                    }
                    MessageKind::BalanceDue => invoice.status == InvoiceStatus::Sent,
                    _ => !matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled),
                };
                if !fits {
                    let what = match kind {
                        MessageKind::Receipt => "there is a receipt once it is paid",
                        MessageKind::BalanceDue => "nothing is due on it",
                        _ => "a customer gets it once it is sent",
                    };
                    return Err(Refusal::conflict(
                        "invoice_status",
                        format!("{} is {}: {what}.", invoice.invoice_number, invoice.status),
                    ));
                }
                values.extend([
                    (
                        "date",
                        day(invoice
                            .due_date
                            .filter(|_| kind == MessageKind::BalanceDue)
                            .unwrap_or(invoice.invoice_date)),
                    ),
                    ("amount", amount(invoice.total_amount)),
                    ("balance", amount(invoice.balance_due)),
                    ("link", format!("{public_url}/check/{}", invoice.check_code)),
                    ("number", invoice.invoice_number),
                ]);
                if let Some(line) = detail.lines.first() {
                    let (name, _) = crate::invoices::print::split_description(&line.item_description);
                    values.insert("device", name);
                }
                invoice.customer_id
            }
            About::Return(id) => {
                let detail = db::returns::return_find(conn, id)
                    .await?
                    .ok_or_else(|| Refusal::invalid("/return_id", "There is no such return."))?;
                values.extend([
                    ("date", day(detail.head.return_date)),
                    ("amount", amount(detail.head.total_amount)),
                    ("number", detail.head.return_number),
                ]);
                detail.head.customer_id
            }
            About::Account(id, period) => {
                let after = period.to.succ_opt().unwrap_or(period.to);
                let balance = db::wholesale::account_opening(conn, id, after).await?;
                values.extend([
                    ("from", day(period.from)),
                    ("date", day(period.to)),
                    ("amount", amount(balance)),
                ]);
                Some(id)
            }
            About::Preorder(id) => {
                let told = db::messages::preorder_subject(conn, id)
                    .await?
                    .ok_or_else(|| Refusal::invalid("/preorder_id", "There is no such preorder."))?;
                values.extend([
                    ("number", told.number),
                    ("device", told.device),
                    ("balance", amount(told.amount)),
                ]);
                told.customer_id
            }
            About::Repair(id) => {
                let told = db::messages::repair_subject(conn, id)
                    .await?
                    .ok_or_else(|| Refusal::invalid("/repair_ticket_id", "There is no such repair."))?;
                values.extend([
                    ("number", told.number),
                    ("device", told.device),
                    ("amount", amount(told.amount)),
                ]);
                told.customer_id
            }
            About::Warranty(id) => {
                let warranty = db::warranties::warranty_find(conn, id)
                    .await?
                    .ok_or_else(|| Refusal::invalid("/warranty_id", "There is no such warranty."))?;
                let (device, _) =
                    crate::invoices::print::split_description(&warranty.item_description.unwrap_or_default());
                values.extend([
                    ("number", warranty.warranty_number),
                    ("date", day(warranty.end_date)),
                    ("device", device),
                ]);
                Some(warranty.customer_id)
            }
            About::Shop => None,
        };
        let customer = match customer_id {
            Some(id) => db::customers::customer_find(conn, id).await?,
            None => None,
        };
        if matches!(about, About::Account(..)) && customer.is_none() {
            return Err(Refusal::invalid("/customer_id", "There is no such customer."));
        }
        let name = customer
            .as_ref()
            .map_or_else(|| "customer".into(), |c| c.full_name.clone());
        values.insert("customer", name);
        Ok(Facts { customer, values })
    }

    pub(super) fn add(&mut self, more: &[(&'static str, String)]) {
        self.values.extend(more.iter().cloned());
    }

    pub(super) fn customer_id(&self) -> Option<CustomerId> {
        self.customer.as_ref().map(|c| c.id)
    }

    pub(super) fn customer_name(&self) -> String {
        self.customer
            .as_ref()
            .map(|c| c.full_name.clone())
            .unwrap_or_default()
    }

    pub(super) fn number(&self) -> &str {
        self.values.get("number").map_or("", String::as_str)
    }

    /// Where the customer is reached on a channel.
    pub(super) fn recipient(&self, channel: Channel) -> Option<String> {
        let customer = self.customer.as_ref()?;
        match channel {
            Channel::Email => customer.email.clone(),
            Channel::WhatsApp | Channel::Sms => Phone::parse(&customer.phone).ok().map(|p| p.to_string()),
        }
    }

    /// Subject and text, filled in.
    pub(super) fn template(
        &self,
        settings: &Settings,
        kind: MessageKind,
        channel: Channel,
    ) -> (String, String) {
        let (subject, text) = settings.message_template(kind);
        let value = |name: &str| {
            let value = self.values.get(name)?.clone();
            // The sign of the cedi is not in the alphabet of an SMS and would cut it to less than half its length.
            Some(match channel {
                Channel::Sms => value.replace("GH₵", "GHS"),
                Channel::Email | Channel::WhatsApp => value,
            })
        };
        let subject: String = fill(&subject, value)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        (subject.chars().take(200).collect(), fill(&text, value))
    }
}
