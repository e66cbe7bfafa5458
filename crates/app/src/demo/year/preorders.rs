//! Ten preorders, one at least in every status.

use super::{Device, Slot, Year, made, price_of};
use crate::Refusal;
use crate::preorders::{self, Arrival, NewDeposit, NewPreorder, Notice, PreorderRejection};
use crate::sales::{NewLine, NewSale};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Category, InvoiceCustomerType, Money, NotifyChannel, PaymentMethod, PreorderId};

#[derive(Debug, Clone, Copy)]
enum Step {
    Take,
    Deposit(PaymentMethod),
    Order,
    Ship,
    Arrive,
    Notify(NotifyChannel),
    PickUp,
    Reject(&'static str),
    Resell,
    Close,
}

use NotifyChannel::{Phone, WhatsApp};
use PaymentMethod::{Cash, MoMo};
use Step::*;

/// What is wanted, and how many days ago what happened.
const STORIES: &[(&str, &[(i64, Step)])] = &[
    (
        "Laptop for architecture school: 16 GB, SSD, good battery",
        &[
            (63, Take),
            (63, Deposit(MoMo)),
            (62, Order),
            (55, Ship),
            (47, Arrive),
            (47, Notify(WhatsApp)),
            (45, PickUp),
            (44, Close),
        ],
    ),
    (
        "Light laptop with a backlit keyboard, any colour but silver",
        &[
            (58, Take),
            (58, Deposit(Cash)),
            (57, Order),
            (50, Ship),
            (40, Arrive),
            (40, Notify(Phone)),
            (38, Reject("Wants a larger screen after all")),
            (36, Resell),
            (35, Close),
        ],
    ),
    (
        "Business laptop with two SSDs for the church office",
        &[(35, Take), (34, Deposit(MoMo)), (34, Order), (20, Ship)],
    ),
    (
        "ThinkPad with 16 GB for a programmer, UK keyboard",
        &[(10, Take), (10, Deposit(MoMo)), (9, Order)],
    ),
    ("Cheap laptop for a child in JHS, up to GH₵ 2,500", &[(1, Take)]),
    (
        "Two-in-one with a touch screen and pen",
        &[
            (26, Take),
            (26, Deposit(Cash)),
            (25, Order),
            (15, Ship),
            (3, Arrive),
        ],
    ),
    (
        "Laptop with a dedicated graphics card for video editing",
        &[
            (29, Take),
            (29, Deposit(MoMo)),
            (28, Order),
            (18, Ship),
            (8, Arrive),
            (7, Notify(WhatsApp)),
        ],
    ),
    (
        "14-inch laptop, 512 GB, fingerprint reader",
        &[
            (31, Take),
            (30, Deposit(Cash)),
            (30, Order),
            (22, Ship),
            (9, Arrive),
            (9, Notify(WhatsApp)),
            (2, PickUp),
        ],
    ),
    (
        "Laptop with a number pad for bookkeeping",
        &[
            (41, Take),
            (41, Deposit(MoMo)),
            (40, Order),
            (30, Ship),
            (12, Arrive),
            (11, Reject("Found one elsewhere")),
        ],
    ),
    (
        "Small laptop for travelling, under 1.3 kg",
        &[
            (46, Take),
            (46, Deposit(Cash)),
            (45, Order),
            (33, Ship),
            (20, Arrive),
            (19, Notify(Phone)),
            (18, Reject("Too heavy")),
            (6, Resell),
        ],
    ),
];

/// A story on its way.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    id: Option<PreorderId>,
    device: Option<Device>,
}

impl Year {
    /// What happens to preorders on a day, in its first minutes.
    pub(super) async fn preorders(
        &mut self,
        days_ago: i64,
        opens: DateTime<Utc>,
        closes: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.told.resize(STORIES.len() * self.scale, Told::default());
        let mut slot = Slot {
            at: opens,
            step: ((closes - opens) / 200).min(TimeDelta::minutes(1)),
        };
        for (n, (wanted, steps)) in STORIES.iter().enumerate() {
            for copy in 0..self.scale {
                for (_, step) in steps.iter().filter(|(day, _)| *day == days_ago) {
                    let at = n * self.scale + copy;
                    let told = std::mem::take(&mut self.told[at]);
                    self.told[at] = self.tell(told, wanted, at, *step, &mut slot).await?;
                }
            }
        }
        Ok(())
    }

    async fn tell(
        &mut self,
        told: Told,
        wanted: &str,
        n: usize,
        step: Step,
        slot: &mut Slot,
    ) -> Result<Told, Refusal> {
        let (ama, kwame) = (self.staff.ama.clone(), self.staff.kwame.clone());
        let shop = slot.next(&self.shop);
        let Some(id) = told.id else {
            // A story whose device did not come ends early.
            if !matches!(step, Take) || self.customers.is_empty() {
                return Ok(told);
            }
            let new = NewPreorder {
                customer_id: Some(self.customers[n * 3 % self.customers.len()]),
                customer: None,
                requested_specs: made(wanted),
                product_model_id: None,
                wanted_grade: None,
                target_price_min: None,
                target_price_max: None,
                agreed_price: None,
                deposit_amount: None,
                notes: None,
                policy_terms: None,
                assigned_to: None,
            };
            let id = preorders::create(&shop, &ama, new).await?.preorder.id;
            return Ok(Told {
                id: Some(id),
                device: None,
            });
        };
        match step {
            Take => {}
            Deposit(payment_method) => {
                let paid = self.payment(payment_method, Money::from_pesewas(50_000));
                let new = NewDeposit {
                    payment_method,
                    amount: None,
                    reference: paid.reference,
                    notes: None,
                    claimed: false,
                };
                preorders::deposit(&shop, &ama, id, new).await?;
            }
            Order => drop(preorders::order(&shop, &kwame, id).await?),
            Ship => drop(preorders::ship(&shop, &ama, id).await?),
            Arrive => {
                let laptop = self
                    .shelf
                    .iter()
                    .position(|d| self.models[d.model].category == Category::Laptop);
                let Some(laptop) = laptop else {
                    return Ok(Told::default());
                };
                let device = self.shelf.swap_remove(laptop);
                preorders::arrive(&shop, &ama, id, Arrival { asset_id: device.id }).await?;
                return Ok(Told {
                    device: Some(device),
                    ..told
                });
            }
            Notify(channel) => drop(
                preorders::notify(
                    &shop,
                    &ama,
                    id,
                    Notice {
                        channel: Some(channel),
                    },
                )
                .await?,
            ),
            PickUp => {
                let Some(device) = &told.device else {
                    return Ok(told);
                };
                let total = self.total(&shop, &[self.device_line(device, None)]).await?;
                let rest = total
                    .checked_sub(Money::from_pesewas(50_000))
                    .unwrap_or(Money::ZERO);
                let wish = preorders::PickUp {
                    payments: self.tenders(rest),
                    ..preorders::PickUp::default()
                };
                preorders::pick_up(&shop, &kwame, id, wish).await?;
                self.invoices += 1;
            }
            Reject(reason) => {
                drop(preorders::reject(&shop, &ama, id, PreorderRejection { reason: made(reason) }).await?)
            }
            Resell => {
                let Some(device) = &told.device else {
                    return Ok(told);
                };
                let (line, price) = self.device_line(device, Some(95));
                let total = self.total(&shop, &[(line, price)]).await?;
                let sale = NewSale {
                    customer_id: None,
                    customer: None,
                    customer_type: InvoiceCustomerType::WalkIn,
                    approval: None,
                    lead_source: None,
                    notes: None,
                    lines: vec![NewLine {
                        asset_id: Some(device.id),
                        unit_price: Some(price_of(price)),
                        ..NewLine::default()
                    }],
                    payments: self.tenders(total),
                    warranty_tier: None,
                    invoice_date: None,
                    back_date_reason: None,
                    trade_ins: Vec::new(),
                };
                preorders::resell(&shop, &kwame, id, sale).await?;
                self.invoices += 1;
            }
            Close => drop(preorders::close(&shop, &kwame, id, preorders::Close::default()).await?),
        }
        Ok(told)
    }
}
