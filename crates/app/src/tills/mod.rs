//! Tills (PRODUCT.md section 7): opened with a float, closed with a count, and nothing lost in between. Payments and
//! refunds find their session by themselves, in the database.

mod close;
mod print;

pub use close::{CloseTill, CountedCash, CountedTotal, close};
pub use print::{print, signed};

use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use chrono::{DateTime, Utc};
pub use db::tills::{TILL_SESSIONS as LIST, TillBalance, TillCount, TillInvoices, TillMovement, TillSession};
use domain::{Amount, PaymentMethod, Price, Text, TillMovementKind, TillSessionId, TillState};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// The methods that are counted by their total; cash is counted by its notes and coins.
pub const BY_TOTAL: [PaymentMethod; 4] = [
    PaymentMethod::MoMo,
    PaymentMethod::BankTransfer,
    PaymentMethod::Card,
    PaymentMethod::Other,
];

/// A till to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenTill {
    /// Cash that is in it to begin with.
    pub opening_float: Price,
}

/// Cash that goes in or out without a sale.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTillMovement {
    /// Pay in or Pay out.
    pub kind: TillMovementKind,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub reason: Text<1, 500>,
}

/// A till session with everything in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TillDetail {
    /// Its head.
    #[serde(flatten)]
    pub session: TillSession,
    /// Pay-ins and pay-outs, in order.
    pub movements: Vec<TillMovement>,
    /// What was counted.
    pub counts: Vec<TillCount>,
    /// What should be there and what was counted, by method. Absent until it is counted, for roles that count blindly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub balances: Option<Vec<TillBalance>>,
    /// The invoices that it took money for. Absent like the balances.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub invoices: Option<TillInvoices>,
}

impl TillDetail {
    /// When anything of it was last changed by hand.
    pub fn changed_at(&self) -> DateTime<Utc> {
        let last = self.movements.last().map(|m| m.created_at);
        last.map_or(self.session.updated_at, |at| at.max(self.session.updated_at))
    }

    /// Whether it was counted and waits for the reason of its difference.
    pub fn needs_reason(&self) -> bool {
        self.session.state == TillState::Counted
    }
}

async fn detail(conn: &mut PgConnection, actor: &Actor, session: TillSession) -> Result<TillDetail, Refusal> {
    let id = session.id;
    // Whoever counts must not know the answer.
    let shown = session.state != TillState::Open || actor.can(Capability::AnyTill);
    let (balances, invoices) = if shown {
        let balances = db::tills::till_balances(conn, id).await?;
        (Some(balances), Some(db::tills::till_invoices(conn, id).await?))
    } else {
        (None, None)
    };
    Ok(TillDetail {
        movements: db::tills::till_movements(conn, id).await?,
        counts: db::tills::till_counts(conn, id).await?,
        session,
        balances,
        invoices,
    })
}

/// One's own till, or anybody's for those who may.
fn check_owner(actor: &Actor, session: &TillSession) -> Result<(), Refusal> {
    if actor.can(Capability::AnyTill) || actor.user_id == Some(session.user_id) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "not_your_till",
        format!(
            "This is the till of {}: ask a Manager, or use your own.",
            session.user_name
        ),
    ))
}

fn no_such_till() -> Refusal {
    Refusal::not_found("till session")
}

async fn lock(tx: &mut Tx, actor: &Actor, id: TillSessionId) -> Result<TillSession, Refusal> {
    // Whose it is never changes: nobody locks what is not theirs.
    let seen = db::tills::till_find(tx.conn(), id)
        .await?
        .ok_or_else(no_such_till)?;
    check_owner(actor, &seen)?;
    db::tills::till_lock(tx.conn(), id)
        .await?
        .ok_or_else(no_such_till)
}

async fn read_again(tx: &mut Tx, actor: &Actor, id: TillSessionId) -> Result<TillDetail, Refusal> {
    let session = db::tills::till_find(tx.conn(), id)
        .await?
        .ok_or_else(no_such_till)?;
    detail(tx.conn(), actor, session).await
}

/// `If-Match`, for who sends it.
async fn check_version(tx: &mut Tx, actor: &Actor, id: TillSessionId) -> Result<(), Refusal> {
    if actor.request.if_match.is_none() {
        return Ok(());
    }
    let version = read_again(tx, actor, id).await?.changed_at();
    tx.check_version(version)
}

/// One session.
pub async fn find(shop: &Shop, actor: &Actor, id: TillSessionId) -> Result<TillDetail, Refusal> {
    let mut conn = shop.read().await?;
    let session = db::tills::till_find(&mut conn, id)
        .await?
        .ok_or_else(no_such_till)?;
    check_owner(actor, &session)?;
    detail(&mut conn, actor, session).await
}

/// The actor's session that is not closed, if there is one.
pub async fn current(shop: &Shop, actor: &Actor) -> Result<Option<TillDetail>, Refusal> {
    let Some(user) = actor.user_id else {
        return Ok(None);
    };
    let mut conn = shop.read().await?;
    match db::tills::till_of_user(&mut conn, user).await? {
        Some(session) => Ok(Some(detail(&mut conn, actor, session).await?)),
        None => Ok(None),
    }
}

/// The head alone of the actor's session that is not closed: one statement, for the counter.
pub async fn current_head(shop: &Shop, actor: &Actor) -> Result<Option<TillSession>, Refusal> {
    let Some(user) = actor.user_id else {
        return Ok(None);
    };
    Ok(db::tills::till_of_user(&mut *shop.read().await?, user).await?)
}

/// Till sessions: anybody's, or one's own.
pub async fn list(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<TillSession>, Refusal> {
    let mut request = request.clone();
    if !actor.can(Capability::AnyTill) {
        let own = actor.user_id.map(|id| id.to_string()).unwrap_or_default();
        request.filters.push(("user_id".into(), own));
    }
    crate::lists::page(shop, &LIST, &request).await
}

/// Opens a till of one's own. There is one a person at a time.
pub async fn open(shop: &Shop, actor: &Actor, new: OpenTill) -> Result<TillDetail, Refusal> {
    actor.require(Capability::UseTill)?;
    let mut tx = shop.begin(actor).await?;
    let user = actor
        .user_id
        .ok_or_else(|| Refusal::forbidden("not_allowed", "A till belongs to a person: sign in."))?;
    if let Some(session) = db::tills::till_of_user(tx.conn(), user).await? {
        let since = session
            .opened_at
            .with_timezone(&shop.zone())
            .format("%a %-d %b, %H:%M");
        let detail = match session.state {
            TillState::Counted => {
                format!(
                    "Your till of {since} is counted and waits for the reason of its difference: close it first."
                )
            }
            _ => format!("Your till is open since {since}: use it, or close it first."),
        };
        return Err(Refusal::conflict("till_open", detail));
    }
    let id = db::tills::till_open(tx.conn(), new.opening_float.money()).await?;
    let opened = read_again(&mut tx, actor, id).await?;
    let after = json!({"opening_float": opened.session.opening_float});
    tx.audit("till.open", "till_sessions", id.get(), None, Some(after))
        .await?;
    tx.commit(201, &opened).await?;
    Ok(opened)
}

/// Puts cash into an open till or takes some out, without a sale.
pub async fn move_cash(
    shop: &Shop,
    actor: &Actor,
    id: TillSessionId,
    new: NewTillMovement,
) -> Result<TillDetail, Refusal> {
    actor.require(Capability::UseTill)?;
    let mut tx = shop.begin(actor).await?;
    let session = lock(&mut tx, actor, id).await?;
    check_version(&mut tx, actor, id).await?;
    if session.state != TillState::Open {
        return Err(Refusal::conflict(
            "till_takes_nothing",
            format!(
                "This till is {}: nothing more goes into it. Open a new one.",
                session.state.as_str().to_lowercase()
            ),
        ));
    }
    let (amount, reason) = (new.amount.money(), new.reason.as_str());
    db::tills::till_movement_insert(tx.conn(), id, new.kind, amount, reason).await?;
    let moved = read_again(&mut tx, actor, id).await?;
    let after = json!({"kind": new.kind, "amount": amount, "reason": reason});
    tx.audit("till.move", "till_sessions", id.get(), None, Some(after))
        .await?;
    tx.commit(201, &moved).await?;
    Ok(moved)
}
