//! The repair bench and the warranties of the last weeks: tickets in every state, claims that were repaired, replaced, denied
//! and that wait, and a warranty that was voided.

use super::made;
use crate::claims::{self, Completion, Denial, NewClaim};
use crate::customers::NewCustomer;
use crate::invoices;
use crate::repairs::{self, Answered, NewEstimate, NewPart, NewTicket, TicketStatus};
use crate::sales::NewPayment;
use crate::warranties::{self, Voiding, Warranty};
use crate::{Actor, PageRequest, Refusal, Shop};
use chrono::TimeDelta;
use domain::claim::Settlement;
use domain::{
    AssetId, BulkStockId, EstimateAnswer, PaymentMethod, RepairOutcome, RepairStatus, RepairTicketId,
    WarrantyClaimId, WarrantyStatus,
};

/// Who does it.
pub(super) struct Crew<'a> {
    pub(super) kwame: &'a Actor,
    pub(super) ama: &'a Actor,
    pub(super) kofi: &'a Actor,
}

/// What a phone that is brought in has, and how far it gets by today.
struct Job {
    days_ago: i64,
    name: &'static str,
    phone: &'static str,
    make: (&'static str, &'static str),
    fault: (&'static str, &'static str),
    estimate: Option<(&'static str, EstimateAnswer)>,
    part: bool,
    labour: &'static str,
    end: RepairStatus,
}

const JOBS: &[Job] = &[
    Job {
        days_ago: 23,
        name: "Akosua Frimpong",
        phone: "0244001122",
        make: ("Samsung", "Galaxy A52"),
        fault: ("Screen Repair", "Fell on concrete, the glass is broken"),
        estimate: Some(("450.00", EstimateAnswer::No)),
        part: false,
        labour: "0.00",
        end: RepairStatus::Ready,
    },
    Job {
        days_ago: 12,
        name: "Kojo Ansah",
        phone: "0201223344",
        make: ("HP", "Pavilion 15"),
        fault: ("Storage Upgrade", "Wants a bigger disk, keep the files"),
        estimate: Some(("380.00", EstimateAnswer::Yes)),
        part: true,
        labour: "120.00",
        end: RepairStatus::Closed,
    },
    Job {
        days_ago: 6,
        name: "Efe Tetteh",
        phone: "0277445566",
        make: ("Apple", "iPhone 11"),
        fault: ("Battery Replacement", "Dies at 30 %"),
        estimate: Some(("350.00", EstimateAnswer::Yes)),
        part: true,
        labour: "80.00",
        end: RepairStatus::Ready,
    },
    Job {
        days_ago: 5,
        name: "Abena Sarpong",
        phone: "0244778899",
        make: ("Dell", "Latitude 5490"),
        fault: ("Keyboard Repair", "Water on the keyboard, some keys are dead"),
        estimate: Some(("300.00", EstimateAnswer::Yes)),
        part: true,
        labour: "0.00",
        end: RepairStatus::InRepair,
    },
    Job {
        days_ago: 4,
        name: "Yaw Mensah Junior",
        phone: "0209998877",
        make: ("Tecno", "Spark 8"),
        fault: ("Charging Port Repair", "Charges only when held"),
        estimate: None,
        part: false,
        labour: "0.00",
        end: RepairStatus::WaitingForParts,
    },
    Job {
        days_ago: 2,
        name: "Adjoa Nkansah",
        phone: "0246665544",
        make: ("Lenovo", "IdeaPad 3"),
        fault: ("Software", "Does not start any more after an update"),
        estimate: None,
        part: false,
        labour: "0.00",
        end: RepairStatus::Diagnosing,
    },
    Job {
        days_ago: 1,
        name: "Nii Armah",
        phone: "0275554433",
        make: ("Samsung", "Galaxy S10"),
        fault: ("Screen Repair", "Green line down the screen"),
        estimate: None,
        part: false,
        labour: "0.00",
        end: RepairStatus::Open,
    },
];

/// A customer's device is brought in and gets as far as its job says. Answers how many invoices that made, and whether it took
/// the part.
pub(super) async fn job(
    shop: &Shop,
    crew: &Crew<'_>,
    days_ago: i64,
    part: Option<BulkStockId>,
) -> Result<(usize, bool), Refusal> {
    let Some(job) = JOBS.iter().find(|job| job.days_ago == days_ago) else {
        return Ok((0, false));
    };
    let Crew { ama, kofi, .. } = crew;
    let new = NewTicket {
        customer_id: None,
        customer: Some(NewCustomer {
            customer_type: None,
            full_name: made(job.name),
            business_name: None,
            email: None,
            phone: made(job.phone),
            alternate_phone: None,
            address: None,
            city: None,
            region: None,
            notes: None,
        }),
        asset_id: None,
        device_brand: Some(made(job.make.0)),
        device_model: Some(made(job.make.1)),
        device_serial: None,
        issue_type: made(job.fault.0),
        issue_description: made(job.fault.1),
        condition_notes: Some(made("Scratches on the back")),
        accessories: Some(made("Charger")),
        promised_date: Some(shop.today() + TimeDelta::days(3)),
        assigned_to: None,
        labor_cost: None,
        notes: None,
    };
    let id = repairs::open(shop, ama, new).await?.ticket.id;
    if job.end == RepairStatus::Open {
        return Ok((0, false));
    }
    let change = repairs::TicketChange {
        assigned_to: Some(kofi.user_id),
        ..repairs::TicketChange::default()
    };
    repairs::change(shop, kofi, id, change).await?;
    step(shop, kofi, id, RepairStatus::Diagnosing, None).await?;
    if let Some((amount, answer)) = job.estimate {
        let estimate = NewEstimate {
            amount: made(amount),
            notes: Some(made("With labour")),
        };
        repairs::estimate(shop, kofi, id, estimate).await?;
        repairs::answer_estimate(shop, ama, id, Answered { answer, notes: None }).await?;
        if answer == EstimateAnswer::No {
            return Ok((0, false));
        }
    }
    match job.end {
        RepairStatus::Diagnosing => return Ok((0, false)),
        RepairStatus::WaitingForParts => {
            step(
                shop,
                kofi,
                id,
                RepairStatus::WaitingForParts,
                Some("The port is ordered"),
            )
            .await?;
            return Ok((0, false));
        }
        _ => step(shop, kofi, id, RepairStatus::InRepair, None).await?,
    }
    let built_in = part.filter(|_| job.part);
    if let Some(bulk_stock_id) = built_in {
        let part = NewPart {
            bulk_stock_id,
            quantity: 1,
        };
        repairs::add_part(shop, kofi, id, part).await?;
    }
    let labour = repairs::TicketChange {
        labor_cost: Some(made(job.labour)),
        ..repairs::TicketChange::default()
    };
    repairs::change(shop, kofi, id, labour).await?;
    if job.end == RepairStatus::InRepair {
        return Ok((0, built_in.is_some()));
    }
    step(shop, kofi, id, RepairStatus::Ready, None).await?;
    if job.end == RepairStatus::Ready {
        return Ok((0, built_in.is_some()));
    }
    let billed = repairs::bill(shop, ama, id).await?;
    if let Some(invoice) = billed.ticket.invoice_id {
        let due = invoices::find(shop, invoice).await?.invoice.balance_due;
        let payment = NewPayment {
            payment_method: PaymentMethod::Cash,
            amount: made(&due.to_string()),
            reference: None,
            notes: None,
            payment_date: None,
            back_date_reason: None,
            claimed: false,
        };
        invoices::pay(shop, ama, invoice, payment).await?;
    }
    let end = TicketStatus {
        status: RepairStatus::Closed,
        notes: Some(made("Works again, tested for an hour")),
        outcome: Some(RepairOutcome::Repaired),
    };
    repairs::set_status(shop, kofi, id, end).await?;
    Ok((1, built_in.is_some()))
}

async fn step(
    shop: &Shop,
    who: &Actor,
    id: RepairTicketId,
    status: RepairStatus,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    let to = TicketStatus {
        status,
        notes: notes.map(made),
        outcome: None,
    };
    repairs::set_status(shop, who, id, to).await?;
    Ok(())
}

/// The first warranty that holds, has never been claimed on, and was not touched by this story.
async fn untouched(shop: &Shop) -> Result<Option<Warranty>, Refusal> {
    // Not filtered by the database, to which it is today while the story is told.
    let request = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    for warranty in warranties::list(shop, &request).await?.data {
        if warranty.status == WarrantyStatus::Active
            && warranty.replaces_warranty_id.is_none()
            && warranties::claims(shop, warranty.id).await?.is_empty()
        {
            return Ok(Some(warranty));
        }
    }
    Ok(None)
}

async fn claim(shop: &Shop, crew: &Crew<'_>, what: &str) -> Result<Option<WarrantyClaimId>, Refusal> {
    let Some(warranty) = untouched(shop).await? else {
        return Ok(None);
    };
    let new = NewClaim {
        warranty_id: warranty.id,
        issue_description: made(what),
        notes: None,
    };
    Ok(Some(claims::submit(shop, crew.ama, new).await?.id))
}

fn end(outcome: Settlement, replacement_asset_id: Option<AssetId>) -> Completion {
    Completion {
        outcome,
        labor_cost: Some(made("60.00")),
        parts_cost: None,
        notes: None,
        replacement_asset_id,
    }
}

/// The fault of the laptop that is replaced.
const HOT: &str = "Switches itself off after ten minutes";

/// Replaces the laptop that switches itself off, as soon as there is one to give.
async fn replace(shop: &Shop, crew: &Crew<'_>, spare: Option<AssetId>) -> Result<bool, Refusal> {
    let request = PageRequest {
        limit: 50,
        filters: vec![("status".into(), "Approved".into())],
        ..PageRequest::default()
    };
    let open = crate::lists::page::<claims::WarrantyClaim>(shop, &claims::LIST, &request).await?;
    let Some(claim) = open.data.iter().find(|c| c.issue_description == HOT) else {
        return Ok(false);
    };
    if spare.is_some() {
        claims::complete(shop, crew.kwame, claim.id, end(Settlement::Replaced, spare)).await?;
    }
    Ok(spare.is_some())
}

/// The claims of a day. `spare` is a device of the shelf that may be given away. Answers whether it was.
pub(super) async fn claims_of(
    shop: &Shop,
    crew: &Crew<'_>,
    days_ago: i64,
    spare: Option<AssetId>,
) -> Result<bool, Refusal> {
    let story = match days_ago {
        45 => "The battery does not charge any more",
        33 => "Two keys do not work",
        21 => HOT,
        7 => "The fan is very loud",
        1 => "The screen flickers",
        28 => {
            if let Some(warranty) = untouched(shop).await? {
                let why = Voiding {
                    reason: made("Opened and repaired somewhere else"),
                };
                warranties::void(shop, crew.kwame, warranty.id, why).await?;
            }
            return Ok(false);
        }
        2..=20 => return replace(shop, crew, spare).await,
        _ => return Ok(false),
    };
    let Some(id) = claim(shop, crew, story).await? else {
        return Ok(false);
    };
    match days_ago {
        45 => {
            claims::approve(shop, crew.kwame, id).await?;
            claims::complete(shop, crew.kwame, id, end(Settlement::Repaired, None)).await?;
        }
        33 => {
            let why = Denial {
                denial_reason: made("Water got into the keyboard, which the warranty does not cover"),
            };
            claims::deny(shop, crew.kwame, id, why).await?;
        }
        7 | 21 => {
            claims::approve(shop, crew.kwame, id).await?;
        }
        _ => {}
    }
    Ok(false)
}
