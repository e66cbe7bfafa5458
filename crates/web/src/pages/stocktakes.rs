//! Stocktakes: counting a place by scanning, watching it live, and carrying out what was found.

use super::invoices::when;
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::answer::pdf;
use crate::components::{Chip, Choice, Errors};
use crate::extract::{PathId, PathIds};
use crate::file;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::stocktakes::{
    self, Counter, NewCount, NewStocktake, Stocktake, StocktakeCancellation, StocktakeCount, StocktakeDetail,
    StocktakeDevice, StocktakeItem,
};
use app::{PageRequest, Refusal, locations};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{ListName, StocktakeCountId, StocktakeId, StocktakeOutcome, StocktakeStatus};
use http::{HeaderMap, StatusCode};

/// Rows of each outcome that the page shows; the file and the report have all of them.
const SHOWN: u32 = 50;

/// Counts that the page shows under the scan box.
const LATEST: u32 = 12;

impl Listed for Stocktake {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.stocktake_number.clone()
    }
    fn href(&self) -> String {
        format!("/stocktakes/{}", self.id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Stocktakes,
    path: "/stocktakes",
    spec: &stocktakes::LIST,
    title: "Stocktakes",
    row: "Number",
    row_sort: "",
    search: "Number",
};

fn chip(status: StocktakeStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

/// `GET /stocktakes`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<Stocktake>(&shop, &stocktakes::LIST, &request).await
    };
    let (listing, page) = match Listing::<Stocktake>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let places = locations::all(&state.shop).await?;
    listing
        .view(&state, visitor, &page)
        .subline("What lies where, counted by scanning.")
        .action(true, "Count a place", "/stocktakes/new", "plus")
        .select("State", "status", StocktakeStatus::ALL.iter().map(|s| (s, s)))
        .select(
            "Place",
            "location_id",
            places.iter().map(|p| (p.id, p.location_name.as_str())),
        )
        .day("From", "from")
        .day("To", "to")
        .named("started_by", "Begun by", String::new())
        .empty(
            "No stocktake is like that",
            "Nothing was counted yet",
            "Choose a place and scan what lies there. Several people can count at once, and sales go on meanwhile.",
            "list-checks",
        )
        .offer(true, "Count a place", "/stocktakes/new")
        .show()
}

/// templates/pages/stocktake_form.html
#[derive(Debug, Template)]
#[template(path = "pages/stocktake_form.html")]
pub struct StocktakeForm {
    frame: Frame,
    places: Vec<Choice>,
    is_blind: bool,
    notes: String,
    form_key: String,
    errors: Errors,
}

async fn form_page(
    state: &AppState,
    frame: Frame,
    form: &Form,
    errors: Errors,
) -> Result<StocktakeForm, Refusal> {
    let places = locations::all(&state.shop).await?;
    Ok(StocktakeForm {
        places: Choice::list(
            places.iter().map(|p| (p.id, p.location_name.as_str())),
            form.get("location_id"),
        ),
        is_blind: form.is_on("is_blind"),
        notes: form.get("notes").into(),
        form_key: form_key(),
        errors,
        frame: frame.titled("Count a place"),
    })
}

/// `GET /stocktakes/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&form_page(&state, visitor.frame, &Form::default(), Errors::default()).await?)
}

/// `POST /stocktakes/new`
pub async fn start(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/stocktakes/new");
    let begun = match form.parse::<NewStocktake>(&[]) {
        Ok(new) => stocktakes::start(&state.shop, &visitor.actor, new)
            .await
            .map(|begun| begun.stocktake.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(id) => Ok(redirect(&format!("/stocktakes/{id}"), None)),
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/stocktakes/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(refusal) => show_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form_page(&state, visitor.frame, &form, Errors::from_refusal(refusal)?).await?,
        ),
    }
}

/// templates/pages/stocktake.html
#[derive(Debug, Template)]
#[template(path = "pages/stocktake.html")]
pub struct StocktakePage {
    frame: Frame,
    id: StocktakeId,
    number: String,
    location: String,
    chip: Chip,
    is_blind: bool,
    counting: bool,
    steps: Vec<String>,
    notes: String,
    counter: String,
    code: String,
    quantity: String,
    last: String,
    last_tone: &'static str,
    errors: Errors,
    figures: Vec<Figure>,
    done: String,
    total: String,
    progress_text: String,
    counters: Vec<Counter>,
    latest: Vec<Counted>,
    groups: Vec<Group>,
    shows_expected: bool,
    may_submit: bool,
    may_reopen: bool,
    may_approve: bool,
    /// What is asked before it is approved, with what comes of it.
    approve_question: String,
    may_cancel: bool,
    reason: String,
    form_key: String,
}

#[derive(Debug)]
struct Figure {
    label: &'static str,
    value: String,
    tone: &'static str,
    note: &'static str,
}

/// One thing just counted.
#[derive(Debug)]
struct Counted {
    id: StocktakeCountId,
    href: String,
    code: String,
    title: String,
    known: bool,
    who: String,
    when: String,
}

/// The things with one outcome.
#[derive(Debug)]
struct Group {
    chip: Chip,
    meaning: &'static str,
    rows: Vec<Thing>,
    more: bool,
}

#[derive(Debug)]
struct Thing {
    href: String,
    code: String,
    title: String,
    detail: String,
    who: String,
}

fn counted(state: &AppState, count: StocktakeCount) -> Counted {
    let times = if count.quantity == 1 {
        String::new()
    } else {
        format!("{} × ", count.quantity)
    };
    Counted {
        id: count.id,
        href: match (count.asset_id, count.bulk_stock_id) {
            (Some(id), _) => format!("/devices/{id}"),
            (_, Some(id)) => format!("/stock/{id}"),
            _ => String::new(),
        },
        known: count.title.is_some(),
        title: format!(
            "{times}{}",
            count.title.unwrap_or_else(|| "Nobody knows this code".into())
        ),
        code: count.asset_tag.unwrap_or(count.code),
        who: match count.counter {
            Some(counter) => format!("{}, {counter}", count.counted_by_name),
            None => count.counted_by_name,
        },
        when: count
            .counted_at
            .with_timezone(&state.shop.zone())
            .format("%H:%M")
            .to_string(),
    }
}

fn device(state: &AppState, device: StocktakeDevice) -> Thing {
    let place = match (device.from_location, device.to_location) {
        (from, Some(to)) => format!("{} → {to}", from.unwrap_or_else(|| "nowhere".into())),
        (Some(from), None) => from,
        (None, None) => String::new(),
    };
    Thing {
        href: format!("/devices/{}", device.asset_id),
        code: device.asset_tag,
        title: domain::catalog::title(&device.brand, &device.model_name),
        detail: [device.status.to_string(), place]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        who: match (device.counted_by_name, device.counted_at) {
            (Some(who), Some(at)) => {
                format!("{who}, {}", at.with_timezone(&state.shop.zone()).format("%H:%M"))
            }
            _ => String::new(),
        },
    }
}

fn item(item: StocktakeItem) -> Thing {
    Thing {
        href: format!("/stock/{}", item.bulk_stock_id),
        code: item.sku,
        title: item.item_name,
        detail: match (item.counted_quantity, item.book_quantity) {
            (Some(counted), Some(book)) => format!(
                "{counted} counted, {book} by the books: {:+}",
                item.quantity_change
            ),
            _ => format!("{} by the books", item.expected_quantity.unwrap_or_default()),
        },
        who: String::new(),
    }
}

fn only(name: &str, value: &str, limit: u32) -> PageRequest {
    PageRequest {
        limit,
        filters: vec![(name.to_owned(), value.to_owned())],
        ..PageRequest::default()
    }
}

/// The things that need a look, by outcome.
async fn groups(state: &AppState, detail: &StocktakeDetail) -> Result<Vec<Group>, Refusal> {
    let id = detail.stocktake.id;
    let mut groups = Vec::new();
    let Some(figures) = &detail.figures else {
        return Ok(groups);
    };
    use StocktakeOutcome as O;
    let still_to_count = detail.stocktake.status == StocktakeStatus::Counting;
    for (outcome, count) in [
        (O::Unexpected, figures.unexpected),
        (O::WrongPlace, figures.wrong_place),
        (O::Missing, figures.missing),
        (O::SoldMeanwhile, figures.sold_meanwhile),
        (O::MovedMeanwhile, figures.moved_meanwhile),
        (O::Short, figures.short),
        (O::Over, figures.over),
        (O::NotCounted, figures.items_not_counted),
        (O::Unknown, detail.unknown),
    ] {
        if count == 0 {
            continue;
        }
        let request = only("outcome", outcome.as_str(), SHOWN);
        let (rows, more) = match outcome {
            O::Short | O::Over | O::NotCounted => {
                let page = stocktakes::items(&state.shop, id, &request).await?;
                let more = page.next_cursor.is_some();
                (page.data.into_iter().map(item).collect(), more)
            }
            O::Unknown => {
                let page = stocktakes::counts(&state.shop, id, &only("is_unknown", "true", SHOWN)).await?;
                let more = page.next_cursor.is_some();
                let thing = |count: StocktakeCount| Thing {
                    href: String::new(),
                    title: String::new(),
                    detail: String::new(),
                    who: format!(
                        "{}, {}",
                        count.counted_by_name,
                        count.counted_at.with_timezone(&state.shop.zone()).format("%H:%M")
                    ),
                    code: count.code,
                };
                (page.data.into_iter().map(thing).collect(), more)
            }
            _ => {
                let page = stocktakes::devices(&state.shop, id, &request).await?;
                let more = page.next_cursor.is_some();
                (page.data.into_iter().map(|d| device(state, d)).collect(), more)
            }
        };
        groups.push(Group {
            chip: match outcome {
                O::Missing if still_to_count => {
                    Chip::new(format!("Still to be counted · {count}"), "neutral")
                }
                _ => Chip::toned(format!("{outcome} · {count}"), outcome.tone()),
            },
            meaning: match outcome {
                O::Missing if still_to_count => {
                    "By the books they are here, and nobody has counted them yet."
                }
                _ => outcome.meaning(),
            },
            rows,
            more,
        });
    }
    Ok(groups)
}

fn figures(detail: &StocktakeDetail) -> Vec<Figure> {
    let figure = |label, number: i64, tone, note| Figure {
        label,
        value: number.to_string(),
        tone,
        note,
    };
    let mut shown = vec![figure("Counted", detail.counted, "", "")];
    if let Some(f) = &detail.figures {
        let missing = match detail.stocktake.status {
            StocktakeStatus::Counting => figure("Still to count", f.missing, "", ""),
            _ => figure(
                "Missing",
                f.missing,
                if f.missing > 0 { "bad" } else { "good" },
                "",
            ),
        };
        shown.extend([
            figure("Found", f.found, "good", ""),
            missing,
            figure("Wrong place", f.wrong_place, "warn", ""),
            figure("Unexpected", f.unexpected, "warn", ""),
            figure("Sold meanwhile", f.sold_meanwhile, "info", ""),
        ]);
        if f.moved_meanwhile > 0 {
            shown.push(figure("Moved meanwhile", f.moved_meanwhile, "info", ""));
        }
    }
    if detail.unknown > 0 {
        shown.push(figure("Unknown codes", detail.unknown, "bad", ""));
    }
    if detail.figures.as_ref().is_none_or(|f| f.items > 0) || detail.items_counted > 0 {
        shown.push(figure("Items counted", detail.items_counted, "", "of bulk stock"));
    }
    shown
}

/// What the page has to say about the last thing that was done.
#[derive(Debug, Default)]
struct Said {
    last: String,
    tone: &'static str,
    errors: Errors,
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: StocktakeId,
    form: &Form,
    said: Said,
) -> Result<StocktakePage, Refusal> {
    let shop = &state.shop;
    let detail = stocktakes::find(shop, &visitor.actor, id).await?;
    let latest = PageRequest {
        limit: LATEST,
        ..PageRequest::default()
    };
    let latest = stocktakes::counts(shop, id, &latest).await?.data;
    let head = &detail.stocktake;
    let step = |what: &str, at, by: &Option<String>| {
        let by = by.as_deref().unwrap_or("the system");
        format!("{what} {} by {by}", when(shop, at))
    };
    let mut steps = vec![step("Begun", head.started_at, &head.started_by_name)];
    steps.extend(
        head.submitted_at
            .map(|at| step("Submitted", at, &head.submitted_by_name)),
    );
    steps.extend(
        head.decided_at
            .map(|at| step(head.status.as_str(), at, &head.decided_by_name)),
    );
    steps.extend(head.cancellation_reason.clone());
    let expected = detail.figures.as_ref().map(|f| f.expected);
    let may = |to| detail.allowed.contains(&to);
    let counting = head.status == StocktakeStatus::Counting;
    let is_error = !said.errors.summary.is_empty() || !said.errors.list.is_empty();
    let typed = |name: &str| {
        if is_error {
            form.get(name).to_owned()
        } else {
            String::new()
        }
    };
    Ok(StocktakePage {
        id,
        counting,
        is_blind: head.is_blind,
        steps,
        notes: head.notes.clone().unwrap_or_default(),
        counter: form.get("counter").into(),
        code: typed("code"),
        quantity: typed("quantity"),
        reason: typed("reason"),
        last: said.last,
        last_tone: said.tone,
        errors: said.errors,
        figures: figures(&detail),
        done: detail.counted.to_string(),
        total: expected
            .unwrap_or_default()
            .max(detail.counted)
            .max(1)
            .to_string(),
        progress_text: match expected {
            Some(expected) => format!("{} of {expected}", detail.counted),
            None => String::new(),
        },
        counters: stocktakes::counters(shop, id).await?,
        latest: latest.into_iter().map(|count| counted(state, count)).collect(),
        groups: groups(state, &detail).await?,
        shows_expected: detail.figures.is_some(),
        may_submit: may(StocktakeStatus::Submitted),
        may_reopen: head.status == StocktakeStatus::Submitted && may(StocktakeStatus::Counting),
        may_approve: may(StocktakeStatus::Approved),
        approve_question: approve_question(&detail),
        may_cancel: may(StocktakeStatus::Cancelled),
        form_key: form_key(),
        chip: chip(head.status),
        location: head.location_name.clone(),
        frame: visitor
            .frame
            .titled(format!("{} {}", head.stocktake_number, head.location_name)),
        number: head.stocktake_number.clone(),
    })
}

/// What an approval carries out, so that nobody sends a shelf to the place Missing without having read it.
fn approve_question(detail: &StocktakeDetail) -> String {
    let (number, place) = (
        &detail.stocktake.stocktake_number,
        &detail.stocktake.location_name,
    );
    let mut what = Vec::new();
    let mut say = |count: i64, one: String, more: String| match count {
        0 => {}
        1 => what.push(one),
        _ => what.push(more),
    };
    if let Some(f) = &detail.figures {
        let (missing, here, items) = (f.missing, f.wrong_place + f.unexpected, f.short + f.over);
        say(
            missing,
            "1 device goes to the place Missing".into(),
            format!("{missing} devices go to the place Missing"),
        );
        say(
            here,
            format!("1 that lies elsewhere by the books is moved to {place}, unless it is sold"),
            format!(
                "of {here} that lie elsewhere by the books, those that are not sold are moved to {place}"
            ),
        );
        say(
            items,
            "the quantity of 1 item is corrected".into(),
            format!("the quantities of {items} items are corrected"),
        );
    }
    match what.as_slice() {
        [] => format!("Approve {number}? All is where the books say, and nothing changes."),
        what => format!("Approve {number}? {}.", what.join(", ")),
    }
}

/// `GET /stocktakes/{id}`, and the same as a file with `format=csv`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> PageResult {
    if file::is_asked(query.as_deref().unwrap_or("")) {
        let (detail, lines) = stocktakes::lines(&state.shop, &visitor.actor, id).await?;
        return Ok(file::small_csv(
            &visitor.actor,
            &detail.stocktake.stocktake_number,
            &lines,
        )?);
    }
    let counter = crate::frame::cookie_in(&headers, "counter").unwrap_or("");
    let form = Form::from_pairs([("counter", counter.replace("%20", " "))]);
    show(&page(&state, visitor, id, &form, Said::default()).await?)
}

/// `POST /stocktakes/{id}/counts`: one scan; the page comes back for the next.
pub async fn count(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stocktakes/{id}/counts"));
    let done = match form.parse::<NewCount>(&[]) {
        Ok(new) => stocktakes::count(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    visitor.actor.request.idempotency = None;
    let (status, said) = match done {
        Ok(answer) => {
            let code = answer.count.asset_tag.unwrap_or(answer.count.code);
            let times = if answer.count.quantity == 1 {
                String::new()
            } else {
                format!("{} × ", answer.count.quantity)
            };
            let (last, tone) = match (answer.count.title, answer.note) {
                (None, _) => (format!("Nobody knows {code}. It is noted as it is."), "bad"),
                (Some(title), Some(note)) => (format!("{code} is counted: {title}. {note}"), "warn"),
                (Some(title), None) => (format!("{times}{code} is counted: {title}."), "good"),
            };
            (
                StatusCode::OK,
                Said {
                    last,
                    tone,
                    ..Said::default()
                },
            )
        }
        Err(Refusal::Replay(_)) => (StatusCode::OK, Said::default()),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            // A duplicate is said as loud as an unknown code, and the box is free for the next scan.
            let said = match errors.list.is_empty() {
                true => Said {
                    last: errors.summary,
                    tone: "bad",
                    ..Said::default()
                },
                false => Said {
                    errors,
                    ..Said::default()
                },
            };
            (StatusCode::UNPROCESSABLE_ENTITY, said)
        }
    };
    let mut response = show_with(status, &page(&state, visitor, id, &form, said).await?)?;
    let counter: String = form
        .get("counter")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || " -".contains(*c))
        .take(60)
        .collect();
    let cookie = format!(
        "counter={}; Path=/stocktakes; Max-Age=31536000; SameSite=Lax; HttpOnly",
        counter.replace(' ', "%20")
    );
    if let Ok(cookie) = http::HeaderValue::from_str(&cookie) {
        response.headers_mut().append(http::header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /stocktakes/{id}/counts/{count_id}/remove`
pub async fn uncount(
    State(state): State<AppState>,
    visitor: Visitor,
    PathIds(id, count_id): PathIds<StocktakeId, StocktakeCountId>,
) -> PageResult {
    let back = format!("/stocktakes/{id}");
    match stocktakes::uncount(&state.shop, &visitor.actor, id, count_id).await {
        Ok(count) => {
            let code = count.asset_tag.unwrap_or(count.code);
            Ok(redirect(&back, Some(("good", &format!("{code} is taken back.")))))
        }
        // Whoever pressed twice sees that it is gone.
        Err(Refusal::NotFound(_)) => Ok(redirect(&back, None)),
        Err(refusal) => Ok(redirect(&back, Some(("bad", &refusal.sentence())))),
    }
}

/// The stocktake after a step, or the page again with why it was refused.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: StocktakeId,
    form: &Form,
    done: Result<StocktakeDetail, Refusal>,
    flash: &str,
) -> PageResult {
    match done {
        Ok(_) => Ok(redirect(&format!("/stocktakes/{id}"), Some(("good", flash)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/stocktakes/{id}"), None)),
        Err(refusal) => {
            let said = Said {
                errors: Errors::from_refusal(refusal)?,
                ..Said::default()
            };
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(state, visitor, id, form, said).await?,
            )
        }
    }
}

/// `POST /stocktakes/{id}/submit`
pub async fn submit(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stocktakes/{id}/submit"));
    let done = stocktakes::submit(&state.shop, &visitor.actor, id).await;
    after(
        &state,
        visitor,
        id,
        &form,
        done,
        "The count is submitted. A Manager looks at it now.",
    )
    .await
}

/// `POST /stocktakes/{id}/reopen`
pub async fn reopen(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stocktakes/{id}/reopen"));
    let done = stocktakes::reopen(&state.shop, &visitor.actor, id).await;
    after(&state, visitor, id, &form, done, "The count goes on.").await
}

/// `POST /stocktakes/{id}/approve`
pub async fn approve(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stocktakes/{id}/approve"));
    let done = stocktakes::approve(&state.shop, &visitor.actor, id).await;
    after(
        &state,
        visitor,
        id,
        &form,
        done,
        "The count is approved, and what it found is carried out.",
    )
    .await
}

/// `POST /stocktakes/{id}/cancel`
pub async fn cancel(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stocktakes/{id}/cancel"));
    let done = match form.parse::<StocktakeCancellation>(&[]) {
        Ok(cancellation) => stocktakes::cancel(&state.shop, &visitor.actor, id, cancellation).await,
        Err(refusal) => Err(refusal),
    };
    after(
        &state,
        visitor,
        id,
        &form,
        done,
        "The count is cancelled. Nothing was changed by it.",
    )
    .await
}

/// `GET /stocktakes/{id}/report.pdf`
pub async fn report(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<StocktakeId>,
) -> PageResult {
    let printed = stocktakes::print(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
