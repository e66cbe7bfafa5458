//! The frame around every page: navigation by role, who is signed in, the shop's date, a message to show once.

use crate::{AppState, statics};
use app::{Actor, Capability, Role};
use axum::extract::FromRequestParts;
use chrono::NaiveDate;
use http::request::Parts;
use std::convert::Infallible;

/// The signed-in person, as the frame shows them.
#[derive(Debug, Clone)]
pub struct FrameUser {
    /// Name.
    pub full_name: String,
    /// Role.
    pub role: Role,
}

/// A way to a page.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// As it is read.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Name in the icon sprite.
    pub icon: &'static str,
    /// Whether the present page lies there.
    pub current: bool,
}

/// A message shown once, after a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// `good`, `bad` or `info`.
    pub kind: String,
    /// Sentence.
    pub text: String,
}

/// The frame of a page for somebody signed in.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Title of the page.
    pub title: String,
    /// Who is signed in.
    pub user: Option<FrameUser>,
    /// The rail, or the sheet on a phone.
    pub nav: Vec<NavItem>,
    /// The four things of this role on a phone.
    pub bottom_nav: Vec<NavItem>,
    /// Everything else of this role, in the sheet behind the bar of a phone.
    pub more_nav: Vec<NavItem>,
    /// The shop's date.
    pub today: String,
    /// Message shown once.
    pub flash: Option<Flash>,
    /// Hashed address of the style sheet.
    pub css: &'static str,
    /// Hashed address of the script.
    pub js: &'static str,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    role: Role,
}

impl Frame {
    /// The same frame with a title.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Whether the person may do something, for buttons and columns.
    pub fn can(&self, capability: &Capability) -> bool {
        self.role.can(*capability)
    }

    /// Whether the present page is one of the sheet behind the bar of a phone.
    pub fn more_is_current(&self) -> bool {
        self.more_nav.iter().any(|item| item.current)
    }

    /// The person's role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether purchase costs are shown.
    pub fn sees_cost(&self) -> bool {
        self.role.can(Capability::SeePurchaseCost)
    }

    /// Whether margin and profit are shown.
    pub fn sees_margin(&self) -> bool {
        self.role.can(Capability::SeeMargin)
    }

    /// A customer's phone as this person may see it.
    pub fn phone(&self, phone: &str) -> String {
        if self.role.can(Capability::SeeCustomerContacts) {
            phone.to_owned()
        } else {
            app::disclosure::mask(phone)
        }
    }

    /// For tests that render every page.
    pub fn sample(role: Role) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 1, 14).expect("a date");
        Frame::build(role, "Ama Mensah".into(), "/", today, None, "auto")
    }

    fn build(
        role: Role,
        full_name: String,
        path: &str,
        today: NaiveDate,
        flash: Option<Flash>,
        theme: &'static str,
    ) -> Self {
        let nav: Vec<NavItem> = NAV
            .iter()
            .filter(|(_, href, _, capability, _)| may_open(role, href, *capability))
            .map(|(label, href, icon, _, _)| NavItem {
                label,
                href,
                icon,
                current: lies_in(path, href),
            })
            .collect();
        let bottom_nav: Vec<NavItem> = NAV
            .iter()
            .filter(|(_, href, _, capability, roles)| {
                may_open(role, href, *capability) && roles.contains(&role)
            })
            .take(4)
            .map(|(label, href, icon, _, _)| NavItem {
                label,
                href,
                icon,
                current: lies_in(path, href),
            })
            .collect();
        let more_nav = nav
            .iter()
            .filter(|item| bottom_nav.iter().all(|four| four.href != item.href))
            .cloned()
            .collect();
        Frame {
            title: String::new(),
            more_nav,
            user: Some(FrameUser { full_name, role }),
            nav,
            bottom_nav,
            today: long_date(today),
            flash,
            css: statics::css(),
            js: statics::js(),
            theme,
            role,
        }
    }
}

/// "Wed 14 Jan 2026".
pub fn long_date(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

fn lies_in(path: &str, href: &str) -> bool {
    path == href || (href != "/" && path.starts_with(href) && path[href.len()..].starts_with('/'))
}

use Role::{Admin, Manager, Sales, Technician, Warehouse};

/// Label, address, icon, who may use it, whose phone shows it at the bottom.
type NavRow = (
    &'static str,
    &'static str,
    &'static str,
    Capability,
    &'static [Role],
);

const NAV: &[NavRow] = &[
    (
        "Today",
        "/today",
        "layout-dashboard",
        Capability::ReportsAll,
        &[Admin, Manager],
    ),
    (
        "Sell",
        "/sell",
        "shopping-cart",
        Capability::Sell,
        &[Admin, Manager, Sales],
    ),
    ("Till", "/till", "wallet", Capability::UseTill, &[Sales]),
    (
        "My bench",
        "/bench",
        "wrench",
        Capability::RecordDiagnostics,
        &[Technician],
    ),
    (
        "Receive",
        "/receive",
        "package-plus",
        Capability::ReceiveStock,
        &[Warehouse],
    ),
    ("Lots", "/lots", "truck", Capability::ReceiveStock, &[]),
    (
        "Scan many",
        "/scan",
        "scan-barcode",
        Capability::MoveStock,
        &[Warehouse],
    ),
    (
        "Stocktakes",
        "/stocktakes",
        "clipboard-check",
        Capability::AdjustBulkStock,
        &[Warehouse],
    ),
    (
        "Devices",
        "/devices",
        "laptop",
        Capability::ViewStock,
        &[Admin, Manager, Sales, Technician, Warehouse],
    ),
    ("Stock", "/stock", "boxes", Capability::ViewStock, &[Technician]),
    ("Customers", "/customers", "users", Capability::ViewCustomers, &[]),
    (
        "Invoices",
        "/invoices",
        "receipt",
        Capability::ViewInvoices,
        &[Admin, Manager, Sales],
    ),
    ("Preorders", "/preorders", "clock", Capability::ViewPreorders, &[]),
    (
        "Repairs",
        "/repairs",
        "wrench",
        Capability::OpenRepair,
        &[Technician],
    ),
    (
        "Warranties",
        "/warranties",
        "shield-check",
        Capability::ViewWarranties,
        &[],
    ),
    ("Messages", "/messages", "mail", Capability::SendMessages, &[]),
    (
        "Reports",
        "/reports",
        "chart-column",
        Capability::ReportsStock,
        &[],
    ),
    ("Models", "/models", "tag", Capability::ViewStock, &[]),
    ("Settings", "/settings", "settings", Capability::EditCatalog, &[]),
];

/// Reports are for whoever may see one of them, a scanned set for whoever may do something with it.
fn may_open(role: Role, href: &str, capability: Capability) -> bool {
    role.can(capability)
        || (href == "/reports" && role.can(Capability::ReportsOwnSales))
        || (href == "/scan" && role.can(Capability::RecordDiagnostics))
}

/// The first page of a role (UI.md, "Frame").
pub fn first_page(role: Role) -> &'static str {
    match role {
        Admin | Manager => "/today",
        Sales => "/sell",
        Technician => "/bench",
        Warehouse => "/receive",
    }
}

/// The person and the request, on a page behind the gate.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who, for the use cases.
    pub actor: Actor,
    /// The frame of the page, without a title yet.
    pub frame: Frame,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = crate::problem::PageProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let actor = parts.extensions.get::<Actor>().cloned().ok_or_else(|| {
            crate::problem::PageProblem::from(app::Refusal::Unauthenticated("Sign in first.".into()))
        })?;
        let flash = read_flash(parts);
        let theme = read_theme(parts);
        let frame = Frame::build(
            actor.role,
            actor.full_name.clone(),
            parts.uri.path(),
            state.shop.today(),
            flash,
            theme,
        );
        Ok(Visitor { actor, frame })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = crate::problem::Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &AppState) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Actor>()
            .cloned()
            .map(Caller)
            .ok_or_else(|| app::Refusal::Unauthenticated("Sign in first.".into()).into())
    }
}

/// The person behind an API call, put there by the gate.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

/// The frame of a page for nobody in particular: sign-in, errors, public checks.
#[derive(Debug, Clone)]
pub struct PlainFrame {
    /// Title.
    pub title: String,
    /// Message shown once.
    pub flash: Option<Flash>,
    /// Hashed address of the style sheet.
    pub css: &'static str,
    /// Hashed address of the script.
    pub js: &'static str,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
}

impl PlainFrame {
    /// With a title.
    pub fn titled(title: &str) -> Self {
        PlainFrame {
            title: title.into(),
            flash: None,
            css: statics::css(),
            js: statics::js(),
            theme: "auto",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PlainFrame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let mut frame = PlainFrame::titled("");
        frame.flash = read_flash(parts);
        frame.theme = read_theme(parts);
        Ok(frame)
    }
}

/// A cookie's value.
pub fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    cookie_in(&parts.headers, name)
}

/// A cookie's value in these headers.
pub fn cookie_in<'a>(headers: &'a http::HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The looks that this browser was asked to have.
fn read_theme(parts: &Parts) -> &'static str {
    match cookie(parts, "theme") {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "auto",
    }
}

fn read_flash(parts: &Parts) -> Option<Flash> {
    let raw = cookie(parts, "flash")?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(raw).ok()?;
    let (kind, text) = pairs.into_iter().next()?;
    Some(Flash { kind, text })
}

/// A redirect (303) after a form was handled, with a message for the next page.
pub fn redirect(to: &str, flash: Option<(&str, &str)>) -> axum::response::Response {
    use axum::response::IntoResponse;
    let mut response = http::StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let to = http::HeaderValue::from_str(to).unwrap_or(http::HeaderValue::from_static("/"));
    headers.insert(http::header::LOCATION, to);
    if let Some((kind, text)) = flash
        && let Ok(value) = serde_urlencoded::to_string([(kind, text)])
        && let Ok(value) = http::HeaderValue::from_str(&format!(
            "flash={value}; Path=/; Max-Age=20; SameSite=Lax; HttpOnly"
        ))
    {
        headers.append(http::header::SET_COOKIE, value);
    }
    response
}
