//! Settings: what can be set, and the shop's own settings.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::settings::{self, Settings, TAX_MODES, TaxRate};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::State;
use http::StatusCode;

/// templates/pages/settings.html
#[derive(Debug, Template)]
#[template(path = "pages/settings.html")]
pub struct Hub {
    frame: Frame,
    groups: Vec<Group>,
}

/// Settings that belong together.
#[derive(Debug)]
pub struct Group {
    title: &'static str,
    items: Vec<&'static Item>,
}

/// A way to a page of settings.
#[derive(Debug)]
pub struct Item {
    label: &'static str,
    text: &'static str,
    icon: &'static str,
    href: &'static str,
    capability: Capability,
}

const GROUPS: &[(&str, &[Item])] = &[
    (
        "Shop",
        &[
            Item {
                label: "Shop",
                text: "Name and address on documents, discounts, holds, warranties, taxes",
                icon: "settings",
                href: "/settings/shop",
                capability: Capability::ManageSettings,
            },
            Item {
                label: "Messages",
                text: "E-mail server, SMS gateway, and the words of messages",
                icon: "mail",
                href: "/settings/messages",
                capability: Capability::ManageSettings,
            },
            Item {
                label: "Checklists",
                text: "What is looked at on the bench, and how devices are wiped",
                icon: "list-checks",
                href: "/settings/checklists",
                capability: Capability::ManageSettings,
            },
            Item {
                label: "Users",
                text: "Who may sign in, and as what",
                icon: "users",
                href: "/settings/users",
                capability: Capability::ManageUsers,
            },
        ],
    ),
    (
        "Catalogue",
        &[
            Item {
                label: "Locations",
                text: "Where devices and stock are",
                icon: "map-pin",
                href: "/settings/locations",
                capability: Capability::EditCatalog,
            },
            Item {
                label: "Phone codes",
                text: "Which phone an IMEI belongs to",
                icon: "smartphone",
                href: "/settings/phone-codes",
                capability: Capability::EditCatalog,
            },
            Item {
                label: "Price lists",
                text: "What wholesale customers pay, off the list price",
                icon: "tag",
                href: "/settings/price-lists",
                capability: Capability::EditCatalog,
            },
            Item {
                label: "Lead sources",
                text: "Where customers have heard of the shop",
                icon: "message-circle",
                href: "/settings/lead-sources",
                capability: Capability::EditCatalog,
            },
        ],
    ),
    (
        "For yourself",
        &[
            Item {
                label: "My account",
                text: "Password, looks, where you are signed in, API tokens",
                icon: "user",
                href: "/account",
                capability: Capability::OwnAccount,
            },
            Item {
                label: "API",
                text: "What programs may ask of BizHub",
                icon: "file-text",
                href: "/api/docs",
                capability: Capability::OwnAccount,
            },
        ],
    ),
];

/// `GET /settings`
pub async fn hub(visitor: Visitor) -> PageResult {
    let groups = GROUPS
        .iter()
        .map(|(title, items)| Group {
            title,
            items: items
                .iter()
                .filter(|item| visitor.actor.can(item.capability))
                .collect(),
        })
        .filter(|group| !group.items.is_empty())
        .collect();
    show(&Hub {
        frame: visitor.frame.titled("Settings"),
        groups,
    })
}

/// templates/pages/shop_settings.html
#[derive(Debug, Template)]
#[template(path = "pages/shop_settings.html")]
pub struct ShopSettings {
    frame: Frame,
    form: Form,
    tax_modes: Vec<Choice>,
    form_key: String,
    errors: Errors,
}

impl ShopSettings {
    fn new(frame: Frame, form: Form, errors: Errors) -> Self {
        let tax_modes = Choice::list(TAX_MODES, form.get("tax_mode"));
        ShopSettings {
            frame: frame.titled("Shop"),
            form,
            tax_modes,
            form_key: form_key(),
            errors,
        }
    }
}

/// The settings as the form shows them.
fn filled(now: &Settings) -> Form {
    let rates: Vec<String> = now.tax.rates.iter().map(TaxRate::to_string).collect();
    Form::from_pairs([
        ("name", now.shop.name.clone()),
        ("address", now.shop.address.clone()),
        ("city", now.shop.city.clone()),
        ("country", now.shop.country.clone()),
        ("phone", now.shop.phone.clone()),
        ("email", now.shop.email.clone()),
        ("website", now.shop.website.clone()),
        ("tin", now.shop.tin.clone()),
        (
            "allowed_discount_percent",
            now.allowed_discount_percent.normalize().to_string(),
        ),
        (
            "till_required",
            if now.till_required {
                "true".into()
            } else {
                String::new()
            },
        ),
        ("hold_hours", now.hold_hours.to_string()),
        ("warranty_standard_days", now.warranty_standard_days.to_string()),
        ("warranty_premium_days", now.warranty_premium_days.to_string()),
        ("preorder_deposit", now.preorder_deposit.to_string()),
        ("preorder_sla_days", now.preorder_sla_days.to_string()),
        ("preorder_policy", now.preorder_policy.clone().unwrap_or_default()),
        ("tax_mode", now.tax.mode.clone()),
        ("tax_rates", rates.join("\n")),
    ])
}

/// `GET /settings/shop`
pub async fn form(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let now = state.shop.settings().await?;
    show(&ShopSettings::new(visitor.frame, filled(&now), Errors::default()))
}

/// `POST /settings/shop`
pub async fn change(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/settings/shop");
    let outcome = match form.parse(&[]) {
        Ok(change) => settings::change(&state.shop, &visitor.actor, change).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            "/settings/shop",
            Some(("good", "The settings are saved.")),
        )),
        Err(refusal) => {
            let page = ShopSettings::new(visitor.frame, form, Errors::from_refusal(refusal)?);
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
