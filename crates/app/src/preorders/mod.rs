//! Preorders (PRODUCT.md section 8): devices that customers asked for, and the deposits that are held for them.

mod close;
mod deposits;
mod endings;
mod pick_up;
mod print;
mod steps;
mod take;

pub use close::{Close, NewShortfall, close, pay_shortfall};
pub use db::preorders::{
    DEPOSITS_HELD, DepositHeld, EVENTS, FittingDevice, PREORDERS as LIST, Preorder, PreorderDeposit,
    PreorderEvent,
};
pub(crate) use deposits::confirm_deposit_in;
pub use deposits::{DepositRejection, NewDeposit, confirm_deposit, deposit, reject_deposit};
pub use endings::{CallOff, ValueDecision, call_off, decide_value};
pub use pick_up::{PickUp, pick_up, resell};
pub use print::{print_agreement, print_deposit, print_settlement};
pub use steps::{Arrival, Notice, PreorderRejection, arrive, notify, order, reject, ship};
pub use take::{NewPreorder, create};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::invoices::InvoiceDetail;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use domain::preorder::Settlement;
use domain::{
    AssetId, AssetStatus, CustomerId, ImportId, LotId, Money, PreorderAction, PreorderId, PreorderStatus,
    Tone,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

/// What is owed after a resale, from agreed price, deposit and what the resale brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementDue {
    /// What was agreed.
    pub agreed_price: Money,
    /// The deposit.
    pub deposit_amount: Money,
    /// What the resale brought.
    pub resale_recovery_amount: Money,
    /// What it lost against the agreed price.
    pub loss: Money,
    /// What the shop keeps of the deposit for it.
    pub kept: Money,
    /// What the customer gets back.
    pub to_customer: Money,
    /// What the customer owes beyond the deposit.
    pub by_customer: Money,
    /// What of that is still to be paid.
    pub still_owed: Money,
}

/// A preorder with everything on it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreorderDetail {
    /// The preorder.
    #[serde(flatten)]
    pub preorder: Preorder,
    /// Its money, in order.
    pub deposits: Vec<PreorderDeposit>,
    /// What happened, in order.
    pub events: Vec<PreorderEvent>,
    /// What is owed, once its device was sold to somebody else.
    pub settlement: Option<SettlementDue>,
    /// Where it can go from here.
    #[schema(value_type = Vec<PreorderStatus>)]
    pub allowed: Vec<PreorderStatus>,
    /// The invoice that a pick-up or a resale just made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceDetail>,
}

/// A column of the board.
#[derive(Debug, Clone)]
pub struct BoardColumn {
    /// The status.
    pub status: PreorderStatus,
    /// How many there are.
    pub count: i64,
    /// The most urgent of them.
    pub preorders: Vec<Preorder>,
}

/// Most cards of a column of the board.
const CARDS: i64 = 30;

/// A page of preorders.
pub async fn page(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<Preorder>, Refusal> {
    on_its_day(shop, actor, &LIST, request).await
}

/// What happened to a preorder, newest first.
pub async fn events(
    shop: &Shop,
    id: PreorderId,
    request: &PageRequest,
) -> Result<Page<PreorderEvent>, Refusal> {
    let mut conn = shop.read().await?;
    if db::preorders::preorder_find(&mut conn, id).await?.is_none() {
        return Err(Refusal::not_found("preorder"));
    }
    let mut request = request.clone();
    request.filters.push(("preorder_id".into(), id.to_string()));
    Ok(db::preorders::EVENTS_OF_PREORDER
        .fetch(&mut conn, &request)
        .await?)
}

/// A page of the deposits that are held.
pub async fn held(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<DepositHeld>, Refusal> {
    on_its_day(shop, actor, &DEPOSITS_HELD, request).await
}

/// How many deposits are held, and what they come to.
pub async fn held_total(shop: &Shop) -> Result<(i64, Money), Refusal> {
    Ok(db::preorders::held_total(&mut *shop.read().await?).await?)
}

/// In a transaction of its own, because what is overdue depends on the shop's clock.
async fn on_its_day<T>(
    shop: &Shop,
    actor: &Actor,
    spec: &db::list::ListSpec,
    request: &PageRequest,
) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut tx = shop.begin(&reader(actor)).await?;
    let page = spec.fetch(tx.conn(), request).await?;
    tx.commit(200, &()).await?;
    Ok(page)
}

/// The same person, without the key of a form that was sent: reading is no use of it.
fn reader(actor: &Actor) -> Actor {
    let mut actor = actor.clone();
    actor.request.idempotency = None;
    actor
}

/// The board: every status but Closed, in the order of the workflow.
pub async fn board(shop: &Shop, actor: &Actor) -> Result<Vec<BoardColumn>, Refusal> {
    let mut tx = shop.begin(&reader(actor)).await?;
    let columns = db::preorders::preorder_board(tx.conn(), CARDS).await?;
    let ids: Vec<PreorderId> = columns
        .iter()
        .flat_map(|(_, _, ids)| ids.iter().copied())
        .collect();
    let cards = db::preorders::preorders_by_id(tx.conn(), &ids).await?;
    tx.commit(200, &()).await?;
    let column = |status: &PreorderStatus| BoardColumn {
        status: *status,
        count: columns
            .iter()
            .find(|(s, ..)| s == status)
            .map_or(0, |(_, count, _)| *count),
        preorders: cards.iter().filter(|p| p.status == *status).cloned().collect(),
    };
    let open = PreorderStatus::ALL
        .iter()
        .filter(|s| **s != PreorderStatus::Closed);
    Ok(open.map(column).collect())
}

/// Reads a preorder with everything on it.
pub async fn find(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<PreorderDetail, Refusal> {
    let mut tx = shop.begin(&reader(actor)).await?;
    let detail = read(&mut tx, id, None).await?;
    tx.commit(200, &()).await?;
    Ok(detail)
}

/// Devices in the house that would do for a preorder.
pub async fn devices_fitting(shop: &Shop, id: PreorderId) -> Result<Vec<FittingDevice>, Refusal> {
    Ok(db::preorders::devices_fitting(&mut *shop.read().await?, id, 20).await?)
}

/// Open preorders for which one of these devices would do.
pub async fn waiting_for(shop: &Shop, actor: &Actor, assets: &[AssetId]) -> Result<Vec<Preorder>, Refusal> {
    if assets.is_empty() || !actor.can(Capability::ViewPreorders) {
        return Ok(Vec::new());
    }
    let mut tx = shop.begin(&reader(actor)).await?;
    let waiting = db::preorders::preorders_fitting(tx.conn(), assets).await?;
    tx.commit(200, &()).await?;
    Ok(waiting)
}

/// Open preorders for which something would do that came with this import.
pub async fn waiting_for_import(shop: &Shop, actor: &Actor, id: ImportId) -> Result<Vec<Preorder>, Refusal> {
    if !actor.can(Capability::ViewPreorders) {
        return Ok(Vec::new());
    }
    let mut tx = shop.begin(&reader(actor)).await?;
    let waiting = db::preorders::preorders_fitting_import(tx.conn(), id).await?;
    tx.commit(200, &()).await?;
    Ok(waiting)
}

/// Open preorders for which something would do that is of this lot.
pub async fn waiting_for_lot(shop: &Shop, actor: &Actor, id: LotId) -> Result<Vec<Preorder>, Refusal> {
    if !actor.can(Capability::ViewPreorders) {
        return Ok(Vec::new());
    }
    let mut tx = shop.begin(&reader(actor)).await?;
    let waiting = db::preorders::preorders_fitting_lot(tx.conn(), id).await?;
    tx.commit(200, &()).await?;
    Ok(waiting)
}

/// What preorders have to do with a device.
#[derive(Debug, Clone, Default)]
pub struct DevicePreorders {
    /// The one that holds it.
    pub holder: Option<Preorder>,
    /// Open ones for which it would do, while it can still be kept for one.
    pub fitting: Vec<Preorder>,
}

/// What preorders have to do with a device that is in this state and was last kept for `kept_for`.
pub async fn of_device(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    kept_for: Option<PreorderId>,
    status: AssetStatus,
) -> Result<DevicePreorders, Refusal> {
    let mut found = DevicePreorders::default();
    if !actor.can(Capability::ViewPreorders) {
        return Ok(found);
    }
    match (status, kept_for) {
        (AssetStatus::Reserved, Some(kept_for)) => {
            let mut conn = shop.read().await?;
            found.holder = db::preorders::preorder_find(&mut conn, kept_for)
                .await?
                .filter(|p| p.status.holds_device());
        }
        (
            AssetStatus::ReadyForSale
            | AssetStatus::QcPending
            | AssetStatus::WipePending
            | AssetStatus::DiagnosticsPending
            | AssetStatus::Received,
            _,
        ) => {
            found.fitting = waiting_for(shop, actor, &[id]).await?;
        }
        _ => {}
    }
    Ok(found)
}

/// The preorders of a customer, newest first.
pub async fn of_customer(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Vec<Preorder>, Refusal> {
    let request = PageRequest {
        limit: 50,
        filters: vec![("customer_id".into(), id.to_string())],
        ..PageRequest::default()
    };
    Ok(page(shop, actor, &request).await?.data)
}

/// The device that somebody names by its tag or serial number.
pub async fn device_named(shop: &Shop, code: &str) -> Result<AssetId, Refusal> {
    let found = db::preorders::device_by_code(&mut *shop.read().await?, code).await?;
    found.ok_or_else(|| {
        let text = format!(
            "There is no device with the tag or serial number {}: check it, or receive it first.",
            code.trim()
        );
        Refusal::invalid("/asset_id", text)
    })
}

impl SettlementDue {
    fn of(preorder: &Preorder, deposits: &[PreorderDeposit]) -> Option<Self> {
        let recovered = preorder.resale_recovery_amount?;
        // Where nothing was agreed and the device had no price, nothing can have been lost.
        let agreed_price = preorder.agreed_price.unwrap_or(recovered);
        let s = Settlement::of(agreed_price, preorder.deposit_amount, recovered);
        let paid = deposits
            .iter()
            .filter(|d| d.kind == domain::DepositKind::Shortfall);
        let still_owed = paid.fold(s.by_customer, |left, d| {
            left.checked_sub(d.amount).unwrap_or(Money::ZERO)
        });
        Some(SettlementDue {
            agreed_price,
            deposit_amount: preorder.deposit_amount,
            resale_recovery_amount: recovered,
            loss: s.loss,
            kept: s.kept,
            to_customer: s.to_customer,
            by_customer: s.by_customer,
            still_owed,
        })
    }
}

impl PreorderDetail {
    /// The deposit that waits for somebody to have seen it.
    pub fn claimed_deposit(&self) -> Option<&PreorderDeposit> {
        self.deposits.iter().find(|d| d.claimed && d.confirmed.is_none())
    }

    /// The deposit that counts: the last one that was taken.
    pub fn deposit(&self) -> Option<&PreorderDeposit> {
        self.deposits
            .iter()
            .rev()
            .find(|d| d.kind == domain::DepositKind::Deposit)
    }
}

/// Locks a preorder that the client has seen in this version.
async fn lock(tx: &mut Tx, id: PreorderId) -> Result<Preorder, Refusal> {
    let preorder = db::preorders::preorder_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("preorder"))?;
    tx.check_version(preorder.updated_at)?;
    Ok(preorder)
}

/// Where an action leads, or the refusal that says where it can go instead.
fn after(preorder: &Preorder, action: PreorderAction) -> Result<PreorderStatus, Refusal> {
    endings::may_go_on(preorder)?;
    preorder
        .status
        .after(action)
        .map_err(|refused| Refusal::Conflict {
            code: "preorder_status".into(),
            detail: refused
                .detail
                .replacen("This preorder", &preorder.preorder_number, 1),
            allowed: Some(refused.allowed.iter().map(ToString::to_string).collect()),
        })
}

async fn read(
    tx: &mut Tx,
    id: PreorderId,
    invoice: Option<InvoiceDetail>,
) -> Result<PreorderDetail, Refusal> {
    let preorder = db::preorders::preorder_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("preorder"))?;
    let deposits = db::preorders::preorder_deposits(tx.conn(), id).await?;
    let events = db::preorders::preorder_events(tx.conn(), id).await?;
    Ok(PreorderDetail {
        settlement: SettlementDue::of(&preorder, &deposits),
        allowed: match preorder.called_off_at {
            None => preorder.status.allowed().collect(),
            Some(_) => Vec::new(),
        },
        preorder,
        deposits,
        events,
        invoice,
    })
}

/// Ends a change: reads, audits, commits, answers.
async fn finish(
    mut tx: Tx,
    action: &str,
    status: u16,
    before: Option<&Preorder>,
    id: PreorderId,
    invoice: Option<InvoiceDetail>,
) -> Result<PreorderDetail, Refusal> {
    let detail = read(&mut tx, id, invoice).await?;
    let (old, new) = (before.map(|b| json!(b)), json!(detail.preorder));
    tx.audit(action, "preorders", id.get(), old, Some(new)).await?;
    tx.commit(status, &detail).await?;
    Ok(detail)
}

/// What is to be done about a preorder next, and how pressing that is; nothing about one that is over.
fn next_step(p: &Preorder) -> Cell {
    if p.called_off_at.is_some() {
        return Cell::state("Called off", Tone::Neutral);
    }
    match p.status {
        PreorderStatus::DepositPending if p.deposit_paid => Cell::state("To be ordered", Tone::Info),
        PreorderStatus::DepositPending if p.deposit_claimed => Cell::state("Deposit to confirm", Tone::Warn),
        PreorderStatus::DepositPending => Cell::state("Deposit to take", Tone::Warn),
        status if status.is_awaited() && p.is_overdue => Cell::state("Overdue", Tone::Bad),
        status if status.is_awaited() => Cell::state("In time", Tone::Neutral),
        PreorderStatus::Arrived => Cell::state("Tell the customer", Tone::Warn),
        PreorderStatus::CustomerNotified => Cell::state("To be fetched", Tone::Neutral),
        PreorderStatus::Rejected => Cell::state("To be resold", Tone::Warn),
        PreorderStatus::Resold => Cell::state("To be settled", Tone::Warn),
        PreorderStatus::PickedUp => Cell::state("To be closed", Tone::Neutral),
        _ => Cell::Empty,
    }
}

impl Row for Preorder {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("preorder_number", |p| Cell::code(&p.preorder_number)).in_title(),
        Column::<Self>::new("requested_specs", |p| (&p.requested_specs).into()).in_title(),
        Column::<Self>::new("customer_name", |p| (&p.customer_name).into()).label("Customer"),
        Column::<Self>::only(Capability::SeeCustomerContacts, "customer_phone", |p| {
            p.customer_phone.as_ref().into()
        })
        .label("Phone")
        .unusual(),
        Column::<Self>::new("model_name", |p| p.model_name.as_ref().into())
            .label("Model")
            .unusual(),
        Column::<Self>::new("status", |p| Cell::state(p.status.as_str(), p.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("next_step", next_step).label("Next"),
        Column::<Self>::new("sla_date", |p| p.sla_date.into())
            .label("Promised for")
            .sorts("sla_date"),
        Column::<Self>::new("assigned_to", |p| p.assigned_to_name.as_ref().into())
            .label("Looked after by")
            .unusual(),
        Column::<Self>::new("created_at", |p| p.created_at.into())
            .label("Taken")
            .sorts("created_at")
            .unusual(),
        Column::<Self>::new("order_date", |p| p.order_date.into())
            .label("Ordered")
            .unusual(),
        Column::<Self>::new("arrival_date", |p| p.arrival_date.into())
            .label("Arrived")
            .unusual(),
        Column::<Self>::new("asset_tag", |p| {
            p.asset_tag.as_deref().map_or(Cell::Empty, Cell::code)
        })
        .label("Device")
        .unusual(),
        Column::<Self>::new("agreed_price", |p| p.agreed_price.into())
            .end()
            .unusual(),
        Column::<Self>::new("deposit_held", |p| match p.deposit_held.is_positive() {
            true => p.deposit_held.into(),
            false => Cell::Empty,
        })
        .end()
        .on_phone(OnPhone::Amount),
    ];
}

impl Row for DepositHeld {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("preorder_number", |d| (&d.preorder_number).into()),
        Column::new("customer_name", |d| (&d.customer_name).into()),
        Column::only(Capability::SeeCustomerContacts, "customer_phone", |d| {
            d.customer_phone.as_ref().into()
        }),
        Column::new("status", |d| d.status.as_str().into()),
        Column::new("deposit_date", |d| d.deposit_date.into()),
        Column::new("payment_method", |d| {
            d.deposit_payment_method.map(|m| m.as_str()).into()
        }),
        Column::new("reference", |d| d.deposit_reference.as_ref().into()),
        Column::new("claimed", |d| d.deposit_claimed.into()),
        Column::new("deposit_held", |d| d.deposit_held.into()),
    ];
}
