//! Labels: which things, which paper, and the PDF. The browser remembers the paper in a cookie.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::answer::pdf;
use crate::components::{Choice, Errors};
use crate::form::Form;
use crate::frame::{Frame, Visitor, cookie_in};
use app::labels::{self, LabelOrder};
use app::{Refusal, scan_sets, stock};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, BulkStockId, ImportId, LabelCode, LabelSize, LocationId, LotId};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// templates/pages/labels.html
#[derive(Debug, Template)]
#[template(path = "pages/labels.html")]
pub struct Labels {
    frame: Frame,
    asset_ids: String,
    bulk_stock_ids: String,
    codes: String,
    chosen: String,
    sizes: Vec<Choice>,
    kinds: Vec<Choice>,
    with_price: bool,
    start_at: String,
    copies: String,
    errors: Errors,
}

/// The numbers in a text like `3,17,18`.
fn numbers<T: std::str::FromStr>(text: &str) -> Vec<T> {
    text.split(',')
        .filter_map(|number| number.trim().parse().ok())
        .collect()
}

fn joined<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Codes as they are typed, scanned or pasted: one a line, or with commas between them.
pub(super) fn codes(text: &str) -> Vec<String> {
    text.split(['\n', ',', ';', '\t'])
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect()
}

fn page(frame: Frame, headers: &HeaderMap, form: &Form, errors: Errors) -> Labels {
    let size = match form.get("size") {
        "" => cookie_in(headers, "label_size").unwrap_or(LabelSize::Roll50x25.as_str()),
        size => size,
    };
    let kind = match form.get("code") {
        "" => cookie_in(headers, "label_code").map_or(LabelCode::Code128.as_str(), |c| {
            if c == "qr" {
                LabelCode::Qr.as_str()
            } else {
                LabelCode::Code128.as_str()
            }
        }),
        kind => kind,
    };
    let devices = numbers::<AssetId>(form.get("asset_ids")).len();
    let items = numbers::<BulkStockId>(form.get("bulk_stock_ids")).len();
    let many = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let chosen = [many(devices, "device", "devices"), many(items, "item", "items")];
    let or = |name: &str, other: &str| match form.get(name) {
        "" => other.to_owned(),
        value => value.to_owned(),
    };
    Labels {
        asset_ids: form.get("asset_ids").into(),
        bulk_stock_ids: form.get("bulk_stock_ids").into(),
        codes: form.get("codes").into(),
        chosen: chosen.into_iter().flatten().collect::<Vec<_>>().join(" and "),
        sizes: Choice::list(LabelSize::ALL.iter().map(|s| (s.as_str(), s.label())), size),
        kinds: Choice::list(LabelCode::ALL.iter().map(|k| (k.as_str(), k.as_str())), kind),
        // A box that is off is not sent: only a form that was sent can say so.
        with_price: form.get("copies").is_empty() || form.is_on("with_price"),
        start_at: or("start_at", "1"),
        copies: or("copies", "1"),
        errors,
        frame: frame.titled("Print labels"),
    }
}

/// `GET /labels`: `ids` and `items` name devices and items, `set=scanned` is the caller's scanned set, `set=received` what
/// the caller scanned in just now, `import` a manifest,
/// `lot` what came together, `location` everything that lies in a place.
pub async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = Form::parse_bytes(query.as_deref().unwrap_or("").as_bytes())?;
    let mut ids: Vec<AssetId> = numbers(query.get("ids"));
    if query.get("set") == "scanned" {
        let set = scan_sets::find(&state.shop, &visitor.actor).await?;
        ids.extend(set.data.iter().rev().map(|device| device.id));
    }
    if query.get("set") == "received" {
        ids.extend(app::imports::scanned_ids(&state.shop, &visitor.actor).await?);
    }
    if let Ok(import) = query.get("import").parse::<ImportId>() {
        ids.extend(labels::of_import(&state.shop, import).await?);
    }
    for lot in query.all("lot").filter_map(|lot| lot.parse::<LotId>().ok()) {
        ids.extend(labels::of_lot(&state.shop, lot).await?);
    }
    if let Ok(location) = query.get("location").parse::<LocationId>() {
        ids.extend(labels::of_location(&state.shop, location).await?);
    }
    let items: Vec<BulkStockId> = numbers(query.get("items"));
    let filled = Form::from_pairs([("asset_ids", joined(&ids)), ("bulk_stock_ids", joined(&items))]);
    show(&page(visitor.frame, &headers, &filled, Errors::default()))
}

async fn order(state: &AppState, form: &Form) -> Result<LabelOrder, Refusal> {
    let number = |name: &str| match form.get(name).trim() {
        "" => Ok(None),
        // What is too large for a label is too large for the rule that says how many there may be.
        text => text
            .parse::<u32>()
            .map(|number| Some(u8::try_from(number).unwrap_or(u8::MAX)))
            .map_err(|_| Refusal::invalid(format!("/{name}"), "Write a whole number here, like 1.")),
    };
    let mut order = LabelOrder {
        asset_ids: numbers(form.get("asset_ids")),
        bulk_stock_ids: numbers(form.get("bulk_stock_ids")),
        size: form.get("size").parse().ok(),
        code: form.get("code").parse().ok(),
        with_price: Some(form.is_on("with_price")),
        start_at: number("start_at")?,
        copies: number("copies")?,
    };
    let mut unknown = Vec::new();
    for code in codes(form.get("codes")) {
        match app::assets::by_code(&state.shop, &code).await? {
            Some(id) => order.asset_ids.push(id),
            None => match stock::by_sku(&state.shop, &code).await? {
                Some(id) => order.bulk_stock_ids.push(id),
                None => unknown.push(code),
            },
        }
    }
    if !unknown.is_empty() {
        return Err(Refusal::invalid(
            "/codes",
            format!("No device and no item has the code {}.", unknown.join(", ")),
        ));
    }
    Ok(order)
}

/// `POST /labels`: the PDF, or the form again with what is wrong.
pub async fn print(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> PageResult {
    let printed = match order(&state, &form).await {
        Ok(order) => {
            let kept = (order.size, order.code);
            labels::print(&state.shop, &visitor.actor, order)
                .await
                .map(|printed| (printed, kept))
        }
        Err(refusal) => Err(refusal),
    };
    match printed {
        Ok((printed, (size, code))) => {
            let mut response = pdf(&printed.file_name, printed.pdf);
            let code = if code == Some(LabelCode::Qr) { "qr" } else { "bars" };
            for (name, value) in [
                ("label_size", size.map_or("", LabelSize::as_str)),
                ("label_code", code),
            ] {
                let cookie =
                    format!("{name}={value}; Path=/labels; Max-Age=31536000; SameSite=Lax; HttpOnly");
                if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
            }
            Ok(response)
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            // The devices are no field of this form: what is wrong with them is said over it.
            if let Some(place) = errors.list.iter().position(|e| e.name == "asset_ids") {
                errors.summary = errors.list.remove(place).text;
            }
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(visitor.frame, &headers, &form, errors),
            )
        }
    }
}
