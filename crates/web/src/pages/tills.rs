//! Tills: one's own at /till, all of them at /tills.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::answer::pdf;
use crate::api::invoices::layout;
use crate::components::{Chip, Choice, Errors, FieldProblem, Head, ListPage};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::tills::{self, BY_TOTAL, CloseTill, CountedCash, CountedTotal, TillDetail};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Denomination, Money, PaymentMethod, Price, TillMovementKind, TillSessionId, TillState};
use http::StatusCode;

/// templates/pages/till.html
#[derive(Debug, Template)]
#[template(path = "pages/till.html")]
pub struct Till {
    frame: Frame,
    till: Option<Shown>,
    kinds: Vec<Choice>,
    notes: Vec<Piece>,
    coins: Vec<Piece>,
    totals: Vec<Total>,
    count_total: String,
    form: Form,
    form_key: String,
    errors: Errors,
}

/// A session as it is shown.
#[derive(Debug)]
struct Shown {
    id: TillSessionId,
    user: String,
    chip: Chip,
    state: TillState,
    number: String,
    opened: String,
    opening_float: String,
    closed: String,
    closed_by: String,
    invoices: String,
    shows_balances: bool,
    balances: Vec<Balance>,
    movements: Vec<Movement>,
    counts: Vec<(String, i32, String)>,
    difference: String,
    difference_words: String,
    balanced: bool,
    reason: String,
}

#[derive(Debug)]
struct Balance {
    method: String,
    payments: String,
    refunds: String,
    moved: String,
    expected: String,
    counted: String,
    difference: String,
    differs: bool,
}

#[derive(Debug)]
struct Movement {
    kind: String,
    amount: String,
    reason: String,
    who: String,
    when: String,
}

/// A note or a coin in the form that counts.
#[derive(Debug)]
struct Piece {
    name: String,
    label: String,
    pesewas: i64,
    value: String,
}

/// Another method in that form.
#[derive(Debug)]
struct Total {
    name: String,
    label: String,
    value: String,
}

fn piece_name(denomination: Denomination) -> String {
    format!(
        "cash_{}",
        denomination.as_str().replace(' ', "_").replace('.', "")
    )
}

fn total_name(method: PaymentMethod) -> String {
    format!("total_{}", method.as_str().replace(' ', "_").to_lowercase())
}

fn when(state: &AppState, at: DateTime<Utc>) -> String {
    at.with_timezone(&state.shop.zone())
        .format("%a %-d %b, %H:%M")
        .to_string()
}

/// "5.00 less than expected", "5.00 more than expected".
fn in_words(difference: Money) -> String {
    match (difference.is_negative(), difference.is_zero()) {
        (_, true) => "as expected".into(),
        (true, _) => format!("{} less than expected", difference.abs().ghs()),
        (false, _) => format!("{} more than expected", difference.ghs()),
    }
}

fn shown(state: &AppState, detail: TillDetail) -> Shown {
    let TillDetail {
        session,
        movements,
        counts,
        balances,
        invoices,
    } = detail;
    let invoices = invoices.map_or(String::new(), |i| match (i.first_invoice, i.last_invoice) {
        (Some(first), Some(last)) if first != last => format!("{}, {first} to {last}", i.invoice_count),
        (Some(first), _) => format!("1, {first}"),
        _ => "None".into(),
    });
    let plain = |amount: Money| {
        if amount.is_zero() {
            String::new()
        } else {
            amount.grouped()
        }
    };
    Shown {
        id: session.id,
        user: session.user_name,
        chip: Chip::toned(session.state.as_str(), session.state.tone()),
        state: session.state,
        number: session.z_number.unwrap_or_default(),
        opened: when(state, session.opened_at),
        opening_float: session.opening_float.grouped(),
        closed: session.closed_at.map(|at| when(state, at)).unwrap_or_default(),
        closed_by: session.closed_by_name.unwrap_or_default(),
        invoices,
        shows_balances: balances.is_some(),
        balanced: balances
            .iter()
            .flatten()
            .all(|b| b.difference.is_none_or(Money::is_zero)),
        balances: balances
            .into_iter()
            .flatten()
            .map(|b| Balance {
                method: b.payment_method.to_string(),
                payments: b.payments.grouped(),
                refunds: plain(b.refunds),
                moved: b.pay_ins.checked_sub(b.pay_outs).map(plain).unwrap_or_default(),
                expected: b.expected.grouped(),
                counted: b.counted.map(Money::grouped).unwrap_or_default(),
                difference: b.difference.map(tills::signed).unwrap_or_default(),
                differs: b.difference.is_some_and(|d| !d.is_zero()),
            })
            .collect(),
        movements: movements
            .into_iter()
            .map(|m| Movement {
                kind: m.kind.to_string(),
                amount: m.amount.grouped(),
                reason: m.reason,
                who: m.created_by_name.unwrap_or_default(),
                when: when(state, m.created_at),
            })
            .collect(),
        counts: counts
            .into_iter()
            .filter_map(|c| {
                let quantity = c.quantity.filter(|q| *q > 0)?;
                Some((c.denomination?.to_string(), quantity, c.amount.grouped()))
            })
            .collect(),
        difference: session.difference.map(tills::signed).unwrap_or_default(),
        difference_words: session.difference.map(in_words).unwrap_or_default(),
        reason: session.difference_reason.unwrap_or_default(),
    }
}

fn page(
    state: &AppState,
    frame: Frame,
    own: bool,
    till: Option<TillDetail>,
    form: Form,
    errors: Errors,
) -> Till {
    let piece = |denomination: &Denomination| Piece {
        name: piece_name(*denomination),
        label: denomination.as_str().into(),
        pesewas: denomination.value().pesewas(),
        value: form.get(&piece_name(*denomination)).into(),
    };
    let (notes, coins): (Vec<Piece>, Vec<Piece>) = Denomination::ALL
        .iter()
        .map(piece)
        .partition(|p| p.label.ends_with("note"));
    let title = match &till {
        Some(till) if !own => format!("Till of {}", till.session.user_name),
        _ => "My till".into(),
    };
    Till {
        kinds: Choice::list(
            TillMovementKind::ALL.iter().map(|k| (k, k)),
            match form.get("kind") {
                "" => TillMovementKind::PayOut.as_str(),
                kind => kind,
            },
        ),
        notes,
        coins,
        totals: BY_TOTAL
            .iter()
            .map(|method| Total {
                name: total_name(*method),
                label: method.to_string(),
                value: form.get(&total_name(*method)).into(),
            })
            .collect(),
        count_total: counted_cash(&form)
            .ok()
            .and_then(|cash| {
                let worth = |c: &CountedCash| {
                    let quantity = i32::try_from(c.quantity).ok()?;
                    c.denomination.times(quantity).ok()
                };
                Money::sum(cash.iter().map(worth).collect::<Option<Vec<_>>>()?)
            })
            .unwrap_or(Money::ZERO)
            .grouped(),
        till: till.map(|till| shown(state, till)),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(title),
    }
}

/// The pieces that the form names; what is wrong with them, by field.
fn counted_cash(form: &Form) -> Result<Vec<CountedCash>, Refusal> {
    let mut wrong = domain::Invalid::new();
    let mut cash = Vec::new();
    for denomination in Denomination::ALL.iter().copied() {
        let name = piece_name(denomination);
        let typed = form.get(&name).trim();
        if typed.is_empty() {
            continue;
        }
        match typed.parse::<u32>() {
            Ok(quantity) if quantity <= 100_000 => cash.push(CountedCash {
                denomination,
                quantity,
            }),
            _ => wrong.push(format!("/{name}"), "Write how many there are, as a whole number."),
        }
    }
    wrong.into_result()?;
    Ok(cash)
}

/// The form as the use case takes it.
fn close_of(form: &Form, state: TillState) -> Result<CloseTill, Refusal> {
    let reason: ReasonOnly = form_reason(form)?;
    if state != TillState::Open {
        return Ok(CloseTill {
            difference_reason: reason.0,
            ..CloseTill::default()
        });
    }
    let cash = counted_cash(form)?;
    let mut wrong = domain::Invalid::new();
    let mut totals = Vec::new();
    for payment_method in BY_TOTAL {
        let name = total_name(payment_method);
        let typed: String = form
            .get(&name)
            .chars()
            .filter(|c| !matches!(c, ',' | ' '))
            .collect();
        if typed.is_empty() {
            continue;
        }
        if let Some(amount) = wrong.check(format!("/{name}"), typed.parse::<Price>()) {
            totals.push(CountedTotal {
                payment_method,
                amount,
            });
        }
    }
    wrong.into_result()?;
    Ok(CloseTill {
        cash: Some(cash),
        totals: Some(totals),
        difference_reason: reason.0,
    })
}

struct ReasonOnly(Option<domain::Text<0, 500>>);

fn form_reason(form: &Form) -> Result<ReasonOnly, Refusal> {
    let typed = form.get("difference_reason").trim();
    if typed.is_empty() {
        return Ok(ReasonOnly(None));
    }
    match typed.parse() {
        Ok(text) => Ok(ReasonOnly(Some(text))),
        Err(error) => Err(Refusal::invalid("/difference_reason", error.to_string())),
    }
}

/// `GET /till`
pub async fn mine(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let till = tills::current(&state.shop, &visitor.actor).await?;
    let (form, errors) = (Form::default(), Errors::default());
    show(&page(&state, visitor.frame, true, till, form, errors))
}

/// `POST /till`
pub async fn open(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/till");
    let outcome = match form.parse(&[]) {
        Ok(new) => tills::open(&state.shop, &visitor.actor, new).await.map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => Ok(redirect("/till", Some(("good", "Your till is open.")))),
        Err(Refusal::Replay(_)) => Ok(redirect("/till", None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let till = tills::current(&state.shop, &visitor.actor).await?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor.frame, true, till, form, errors),
            )
        }
    }
}

async fn show_one(
    state: &AppState,
    visitor: Visitor,
    id: TillSessionId,
    form: Form,
    errors: Errors,
    status: StatusCode,
) -> PageResult {
    let till = tills::find(&state.shop, &visitor.actor, id).await?;
    let own = visitor.actor.user_id == Some(till.session.user_id) && till.session.state != TillState::Closed;
    show_with(status, &page(state, visitor.frame, own, Some(till), form, errors))
}

/// `GET /tills/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<TillSessionId>,
) -> PageResult {
    show_one(
        &state,
        visitor,
        id,
        Form::default(),
        Errors::default(),
        StatusCode::OK,
    )
    .await
}

/// `POST /tills/{id}/movements`
pub async fn move_cash(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<TillSessionId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/tills/{id}/movements"));
    let outcome = match form.parse(&[]) {
        Ok(new) => tills::move_cash(&state.shop, &visitor.actor, id, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/tills/{id}"),
            Some(("good", "It is written down.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_one(
                &state,
                visitor,
                id,
                form,
                errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
    }
}

/// `POST /tills/{id}/close`
pub async fn close(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<TillSessionId>,
    form: Form,
) -> PageResult {
    let now = tills::find(&state.shop, &visitor.actor, id).await?.session.state;
    if form.get("do") == "sum" {
        let errors = match close_of(&form, now) {
            Ok(_) => Errors::default(),
            Err(refusal) => Errors::from_refusal(refusal)?,
        };
        return show_one(&state, visitor, id, form, errors, StatusCode::OK).await;
    }
    visitor.actor.request.idempotency = form.idempotency(&format!("/tills/{id}/close"));
    let outcome = match close_of(&form, now) {
        Ok(close) => tills::close(&state.shop, &visitor.actor, id, close).await,
        Err(refusal) => Err(refusal),
    };
    let href = format!("/tills/{id}");
    match outcome {
        Ok(till) if till.session.state == TillState::Closed => {
            Ok(redirect(&href, Some(("good", "The till is closed."))))
        }
        // A reason was asked for and did not come.
        Ok(_) if now == TillState::Counted => {
            let errors = Errors {
                summary: String::new(),
                list: vec![FieldProblem {
                    name: "difference_reason".into(),
                    label: "Reason".into(),
                    text: "Say why it differs: nothing else is missing.".into(),
                }],
            };
            show_one(
                &state,
                visitor,
                id,
                form,
                errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(&href, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_one(
                &state,
                visitor,
                id,
                form,
                errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
    }
}

/// `GET /tills/{id}/document.pdf`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<TillSessionId>,
    RawQuery(query): RawQuery,
) -> Result<Response, crate::problem::PageProblem> {
    let layout = layout(query.as_deref().unwrap_or(""))?;
    let printed = tills::print(&state.shop, &visitor.actor, id, layout).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// templates/pages/tills.html
#[derive(Debug, Template)]
#[template(path = "pages/tills.html")]
pub struct Tills {
    frame: Frame,
    states: Vec<Choice>,
    state_on: bool,
    clear_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<Row>,
    shown: String,
    next_href: String,
    first_href: String,
    may_close_days: bool,
}

#[derive(Debug)]
struct Row {
    id: TillSessionId,
    user: String,
    number: String,
    chip: Chip,
    opened: String,
    closed: String,
    difference: String,
    differs: bool,
    reason: String,
}

/// `GET /tills`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/tills", &query.unwrap_or_default(), &tills::LIST);
    let page = tills::list(&state.shop, &visitor.actor, &list.request).await?;
    let shown = list.shown(page.data.len(), page.next_cursor.is_some());
    let rows = page
        .data
        .into_iter()
        .map(|s| Row {
            id: s.id,
            user: s.user_name,
            number: s.z_number.unwrap_or_default(),
            chip: Chip::toned(s.state.as_str(), s.state.tone()),
            opened: when(&state, s.opened_at),
            closed: s.closed_at.map(|at| when(&state, at)).unwrap_or_default(),
            difference: s.difference.map(tills::signed).unwrap_or_default(),
            differs: s.difference.is_some_and(|d| !d.is_zero()) || s.difference_reason.is_some(),
            reason: s.difference_reason.unwrap_or_default(),
        })
        .collect();
    show(&Tills {
        states: Choice::filter(TillState::ALL.iter().map(|s| (s, s)), list.filter("state")),
        state_on: !list.filter("state").is_empty(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("Till of", "", false),
            list.head("Report", "", false),
            list.head("State", "", false),
            list.head("Opened", "opened_at", false),
            list.head("Closed", "", false),
            list.head("Why", "", false),
            list.head("Difference", "", true),
        ],
        rows,
        shown,
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        may_close_days: visitor.actor.can(Capability::CloseDay),
        frame: visitor.frame.titled("Tills"),
    })
}
