//! What the forms of a preorder's page do.

use super::page::detail_page;
use super::plain_amount;
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathIds;
use crate::form::Form;
use crate::frame::{Visitor, redirect};
use crate::pages::{PageResult, show_with};
use app::preorders::{
    self, Arrival, CallOff, Close, NewDeposit, NewShortfall, Notice, PickUp, PreorderDetail,
    PreorderRejection, ValueDecision,
};
use app::sales::{NewLine, NewPayment, NewSale};
use app::{Actor, Refusal};
use axum::extract::State;
use domain::{Amount, InvoiceCustomerType, Money, PaymentMethod, PreorderId};
use http::StatusCode;
use std::str::FromStr;

/// What a form of the page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Takes the deposit.
    Deposit,
    /// Orders.
    Order,
    /// It left the supplier.
    InTransit,
    /// Links what arrived.
    Arrive,
    /// The customer was told.
    Notify,
    /// Sells it to the customer.
    PickUp,
    /// The customer does not want it.
    Reject,
    /// Sells it to somebody else.
    Resell,
    /// Settles and ends it.
    Close,
    /// Takes what the customer still owes.
    Shortfall,
    /// It never comes.
    CallOff,
    /// What is rejected does not sell.
    DecideValue,
    /// A claimed deposit was seen.
    ConfirmDeposit,
    /// A claimed deposit never came.
    RejectDeposit,
}

impl FromStr for Step {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "deposit" => Step::Deposit,
            "order" => Step::Order,
            "in-transit" => Step::InTransit,
            "arrive" => Step::Arrive,
            "notify" => Step::Notify,
            "pick-up" => Step::PickUp,
            "reject" => Step::Reject,
            "resell" => Step::Resell,
            "close" => Step::Close,
            "shortfall" => Step::Shortfall,
            "call-off" => Step::CallOff,
            "decide-value" => Step::DecideValue,
            "confirm-deposit" => Step::ConfirmDeposit,
            "reject-deposit" => Step::RejectDeposit,
            _ => return Err(()),
        })
    }
}

/// The fields of a form that a command takes, with amounts as they are read.
fn fields<T: serde::de::DeserializeOwned>(form: &Form, names: &[&'static str]) -> Result<T, Refusal> {
    let read = |name: &&'static str| {
        let value = form.get(name);
        let value = if matches!(*name, "amount" | "unit_price" | "resale_recovery_amount") {
            plain_amount(value)
        } else {
            value.to_owned()
        };
        (*name, value)
    };
    Form::from_pairs(names.iter().map(read).collect::<Vec<_>>()).parse(&[])
}

/// The two rows of tender of a form that sells.
fn tenders(form: &Form) -> Result<Vec<NewPayment>, Refusal> {
    let mut payments = Vec::new();
    for n in 0..2 {
        let typed = plain_amount(form.get(&format!("payments_{n}_amount")));
        if typed.is_empty() || Money::parse(&typed).is_ok_and(Money::is_zero) {
            continue;
        }
        let at = |field: &str| format!("/payments_{n}_{field}");
        let amount: Amount = typed
            .parse()
            .map_err(|e: domain::MoneyError| Refusal::invalid(at("amount"), e.to_string()))?;
        let method: PaymentMethod = form
            .get(&format!("payments_{n}_payment_method"))
            .parse()
            .map_err(|e: domain::TextError| Refusal::invalid(at("payment_method"), e.to_string()))?;
        let reference = form.get(&format!("payments_{n}_reference")).trim().to_owned();
        payments.push(NewPayment {
            payment_method: method,
            amount,
            reference: match reference.is_empty() {
                true => None,
                false => Some(
                    reference
                        .parse()
                        .map_err(|e: String| Refusal::invalid(at("reference"), e))?,
                ),
            },
            notes: None,
            payment_date: None,
            back_date_reason: None,
            claimed: false,
        });
    }
    Ok(payments)
}

async fn perform(
    state: &AppState,
    actor: &Actor,
    id: PreorderId,
    step: Step,
    form: &Form,
) -> Result<(PreorderDetail, &'static str), Refusal> {
    let shop = &state.shop;
    Ok(match step {
        Step::Deposit => {
            let mut new: NewDeposit = fields(form, &["payment_method", "amount", "reference", "notes"])?;
            new.claimed = form.is_on("claimed");
            (
                preorders::deposit(shop, actor, id, new).await?,
                "The deposit is taken.",
            )
        }
        Step::ConfirmDeposit => (
            preorders::confirm_deposit(shop, actor, id).await?,
            "The deposit is confirmed.",
        ),
        Step::RejectDeposit => {
            let word = fields(form, &["reason"])?;
            (
                preorders::reject_deposit(shop, actor, id, word).await?,
                "The deposit is taken back: another can be taken.",
            )
        }
        Step::Order => (preorders::order(shop, actor, id).await?, "It is ordered."),
        Step::InTransit => (preorders::ship(shop, actor, id).await?, "It is on its way."),
        Step::Arrive => {
            let asset_id = match (form.get("asset_id").trim(), form.get("code").trim()) {
                ("", "") => {
                    return Err(Refusal::invalid(
                        "/code",
                        "Choose the device that arrived, or scan its tag or serial number.",
                    ));
                }
                (chosen, "") => chosen
                    .parse()
                    .map_err(|_| Refusal::invalid("/code", "There is no such device."))?,
                (_, code) => preorders::device_named(shop, code)
                    .await
                    .map_err(|refusal| match refusal {
                        Refusal::Invalid(_) => Refusal::invalid("/code", refusal.sentence()),
                        other => other,
                    })?,
            };
            (
                preorders::arrive(shop, actor, id, Arrival { asset_id }).await?,
                "The device is kept for this preorder.",
            )
        }
        Step::Notify => {
            let notice: Notice = fields(form, &["channel"])?;
            (
                preorders::notify(shop, actor, id, notice).await?,
                "Noted that the customer was told.",
            )
        }
        Step::PickUp => {
            let mut wish: PickUp = fields(form, &["unit_price", "notes"])?;
            wish.payments = tenders(form)?;
            if !form.get("sku").trim().is_empty() {
                let sku = form
                    .get("sku")
                    .trim()
                    .parse()
                    .map_err(|e: domain::TextError| Refusal::invalid("/sku", e.to_string()))?;
                wish.lines.push(NewLine {
                    sku: Some(sku),
                    ..NewLine::default()
                });
            }
            let done = preorders::pick_up(shop, actor, id, wish)
                .await
                .map_err(|refusal| match refusal {
                    Refusal::Invalid(errors) if errors.iter().any(|e| e.pointer.starts_with("/lines")) => {
                        Refusal::invalid("/sku", Refusal::Invalid(errors).sentence())
                    }
                    other => other,
                })?;
            (done, "Handed over: the invoice is paid and the device is sold.")
        }
        Step::Reject => {
            let rejection: PreorderRejection = fields(form, &["reason"])?;
            (
                preorders::reject(shop, actor, id, rejection).await?,
                "Noted. The device can be sold to somebody else.",
            )
        }
        Step::Resell => {
            let preorder = preorders::find(shop, actor, id).await?.preorder;
            let typed = ["full_name", "phone"].map(|name| (name, form.get(name).to_owned()));
            let known = typed.iter().any(|(_, value)| !value.trim().is_empty());
            let price = fields::<PickUp>(form, &["unit_price"])?.unit_price;
            let sale = NewSale {
                customer_id: None,
                customer: if known {
                    Some(Form::from_pairs(typed).parse(&[])?)
                } else {
                    None
                },
                customer_type: if known {
                    InvoiceCustomerType::Retail
                } else {
                    InvoiceCustomerType::WalkIn
                },
                approval: None,
                lead_source: None,
                notes: None,
                lines: vec![NewLine {
                    asset_id: preorder.asset_id,
                    unit_price: price,
                    ..NewLine::default()
                }],
                payments: tenders(form)?,
                warranty_tier: None,
                invoice_date: None,
                back_date_reason: None,
                trade_ins: Vec::new(),
            };
            (
                preorders::resell(shop, actor, id, sale).await?,
                "Sold. Settle with the customer next.",
            )
        }
        Step::Close => {
            let how: Close = fields(form, &["payment_method", "reference", "reason"])?;
            (
                preorders::close(shop, actor, id, how).await?,
                "The preorder is closed.",
            )
        }
        Step::CallOff => {
            let how: CallOff = fields(form, &["reason", "payment_method", "reference"])?;
            (
                preorders::call_off(shop, actor, id, how).await?,
                "Called off, and the deposit is given back.",
            )
        }
        Step::DecideValue => {
            let decision: ValueDecision = fields(form, &["resale_recovery_amount", "reason"])?;
            (
                preorders::decide_value(shop, actor, id, decision).await?,
                "Decided. Settle with the customer next.",
            )
        }
        Step::Shortfall => {
            let new: NewShortfall = fields(form, &["payment_method", "amount", "reference"])?;
            (
                preorders::pay_shortfall(shop, actor, id, new).await?,
                "The money is taken.",
            )
        }
    })
}

/// `POST /preorders/{id}/{step}`
pub async fn step(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathIds(id, step): PathIds<PreorderId, Step>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/preorders/{id}/{step:?}"));
    match perform(&state, &visitor.actor, id, step, &form).await {
        Ok((_, word)) => {
            let to = match form.get("back") {
                "claimed" => "/payments/claimed".to_owned(),
                _ => format!("/preorders/{id}"),
            };
            Ok(redirect(&to, Some(("good", word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/preorders/{id}"), None)),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Conflict { .. } => StatusCode::CONFLICT,
                Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(status, &detail_page(&state, visitor, id, form, errors).await?)
        }
    }
}
