//! The slips of a repair.

use super::find;
use crate::invoices::print::{Printed, day, draw, letterhead};
use crate::{Actor, Capability, Refusal, Shop};
use documents::{RepairSlipDoc, RepairSlipLine};
use domain::{Money, PaidBy, Phone, RepairStatus, RepairTicketId};

domain::text_enum! {
    /// Which slip.
    pub enum Slip {
        /// Signed when the device is handed in.
        Intake = "intake",
        /// Signed when it is given back.
        Closing = "closing",
    }
}

/// Prints a slip. Whoever may not see customers' contacts gets it without the phone number.
pub async fn print(shop: &Shop, actor: &Actor, id: RepairTicketId, slip: Slip) -> Result<Printed, Refusal> {
    let detail = find(shop, id).await?;
    let t = detail.ticket;
    if slip == Slip::Closing && !matches!(t.status, RepairStatus::Ready | RepairStatus::Closed) {
        let text = format!(
            "{} is {}: the closing slip prints when it is Ready.",
            t.ticket_number, t.status
        );
        return Err(Refusal::conflict("ticket_status", text));
    }
    let settings = shop.settings().await?;
    let pays = t.paid_by == PaidBy::Customer;
    let sees_sums = pays || actor.can(Capability::SeePurchaseCost);
    let phone = t
        .customer_phone
        .clone()
        .filter(|_| actor.can(Capability::SeeCustomerContacts))
        .map(|text| text.parse::<Phone>().map_or(text, |p| p.international()));
    let opt = |text: &Option<String>| text.clone().unwrap_or_default();
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("Customer", opt(&t.customer_name)),
        fact("Phone", phone.unwrap_or_default()),
        fact("Device", opt(&t.device)),
        fact(
            "Serial number",
            t.serial_number
                .clone()
                .or(t.device_serial.clone())
                .unwrap_or_default(),
        ),
        fact("Asset tag", opt(&t.asset_tag)),
        fact("Kind of fault", t.issue_type.clone()),
        fact("Fault", t.issue_description.clone()),
    ];
    let money = |amount: Option<Money>| amount.unwrap_or(Money::ZERO).ghs();
    let (heading, lead, lines, sums, terms) = match slip {
        Slip::Intake => {
            facts.extend([
                fact("Condition", opt(&t.condition_notes)),
                fact("Handed in with it", opt(&t.accessories)),
                fact("Taken in", day(t.opened_date)),
                fact("Promised for", t.promised_date.map(day).unwrap_or_default()),
                fact("Estimate", t.estimate_amount.map(Money::ghs).unwrap_or_default()),
                fact("Warranty claim", opt(&t.claim_number)),
            ]);
            let terms = match t.paid_by {
                PaidBy::Customer => vec![
                    "The repair begins when the customer has agreed to what it costs. Looking for the fault may be charged also where it is not repaired.".into(),
                    "Please keep a copy of your data: a repair may erase it. Please bring this slip to fetch the device.".into(),
                ],
                PaidBy::Warranty => vec![
                    "This repair is covered by the device's warranty. Please keep a copy of your data: a repair may erase it. Please bring this slip to fetch the device.".to_owned(),
                ],
                PaidBy::Shop => Vec::new(),
            };
            (
                "Repair intake",
                "This device was handed in for repair as described below.",
                Vec::new(),
                Vec::new(),
                terms,
            )
        }
        Slip::Closing => {
            facts.extend([
                fact("Taken in", day(t.opened_date)),
                fact("Closed", t.closed_date.map(day).unwrap_or_default()),
                fact("Outcome", t.outcome.map(|o| o.to_string()).unwrap_or_default()),
                fact("What was done", opt(&t.resolution_notes)),
                fact("Warranty claim", opt(&t.claim_number)),
                fact("Invoice", opt(&t.invoice_number)),
            ]);
            let lines = detail
                .parts
                .iter()
                .filter(|p| p.removed_at.is_none())
                .map(|p| RepairSlipLine {
                    name: p.item_name.clone(),
                    quantity: p.quantity.to_string(),
                    amount: match pays {
                        true => p
                            .unit_price
                            .checked_mul_quantity(p.quantity)
                            .map(Money::grouped)
                            .unwrap_or_default(),
                        false => String::new(),
                    },
                })
                .collect();
            let sums = match (pays, sees_sums) {
                (true, _) => vec![
                    ("Labour".to_owned(), money(t.labor_cost)),
                    ("Parts".to_owned(), money(t.parts_cost)),
                    ("Total".to_owned(), money(t.total_cost)),
                ],
                (false, true) if t.paid_by == PaidBy::Shop => vec![("Cost".to_owned(), money(t.total_cost))],
                (false, _) => vec![("To pay".to_owned(), Money::ZERO.ghs())],
            };
            (
                "Repair closed",
                "The device was given back as described below.",
                lines,
                sums,
                Vec::new(),
            )
        }
    };
    let doc = RepairSlipDoc {
        shop: letterhead(&settings.shop),
        heading: heading.into(),
        ticket_number: t.ticket_number.clone(),
        lead: lead.into(),
        facts,
        lines,
        sums,
        terms,
        shop_signs: t.assigned_to_name.unwrap_or_default(),
        customer_signs: t.customer_name.unwrap_or_default(),
        created_at: t.created_at,
    };
    let file_name = format!("{}-{slip}.pdf", t.ticket_number);
    draw(file_name, move || documents::repair_slip(&doc)).await
}
