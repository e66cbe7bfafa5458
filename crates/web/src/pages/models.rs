//! The catalogue: product models and their prices.

use super::photos::{PhotoView, view as photo_view};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use crate::problem::Problem;
use crate::upload::Upload;
use app::catalog::bundle::{self, NewBundleItem};
use app::catalog::picture;
use app::catalog::{self, ModelRow, NewProductModel, ProductModel};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{BulkStockId, Category, ListName, Money, PhotoId, ProductModelId};
use http::StatusCode;

fn amount(money: Option<Money>) -> String {
    money.map(Money::grouped).unwrap_or_default()
}

fn categories() -> impl Iterator<Item = (Category, Category)> {
    Category::ALL.iter().map(|c| (*c, *c))
}

impl Listed for ModelRow {
    fn id(&self) -> String {
        self.model.id.to_string()
    }
    fn title(&self) -> String {
        self.model.title()
    }
    fn subtitle(&self) -> String {
        self.model.specs()
    }
    fn href(&self) -> String {
        format!("/models/{}", self.model.id)
    }
    fn picture(&self) -> Option<String> {
        self.model.image_url.as_deref().and_then(picture::small)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Models,
    path: "/models",
    spec: &catalog::LIST,
    title: "Product models",
    row: "Model",
    row_sort: "brand",
    search: "Brand, model or processor",
};

/// `GET /models`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { catalog::rows(&shop, &request).await };
    let (listing, page) = match Listing::<ModelRow>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let brands = catalog::brands(&state.shop).await?;
    let edits = visitor.actor.can(Capability::EditCatalog);
    listing
        .view(&state, visitor, &page)
        .subline("What there is to buy and sell, with a price for each grade.")
        .action(edits, "Duplicates", "/models/duplicates", "copy")
        .action(edits, "Bulk changes", "/models/changes", "history")
        .action(edits, "Add a model", "/models/new", "plus")
        .select("Kind", "category", categories())
        .select("Brand", "brand", brands.iter().map(|b| (b, b)))
        .bulk(
            "/models/bulk",
            &[
                (edits, "prices", "Change prices", "tag"),
                (edits, "details", "Change details", "pencil"),
            ],
        )
        .empty(
            "No model is like that",
            "No models yet",
            "A manifest makes them by itself; or add the first by hand.",
            "laptop",
        )
        .offer(edits, "Add a model", "/models/new")
        .show()
}

/// templates/pages/model_form.html: one page for looking at a model and for changing it.
#[derive(Debug, Template)]
#[template(path = "pages/model_form.html")]
pub struct ModelForm {
    frame: Frame,
    action: String,
    form: Form,
    version: String,
    categories: Vec<Choice>,
    brands: Vec<String>,
    may_edit: bool,
    form_key: String,
    errors: Errors,
    same: Option<ProductModel>,
    shown: Option<ShownModel>,
}

/// What the page of a recorded model shows beside its fields.
#[derive(Debug)]
struct ShownModel {
    specs: String,
    picture: String,
    picture_link: String,
    picture_is_own: bool,
    picture_action: String,
    /// Pictures that were shown before.
    earlier: Vec<PhotoView>,
    devices: Vec<DeviceCount>,
    devices_href: String,
    bundle: Vec<BundleRow>,
    bundle_action: String,
    bundle_sku: String,
    bundle_price: String,
    prices: Vec<PriceRow>,
    twins: Vec<(String, String)>,
    merge_href: String,
}

/// A change of the price of a grade.
#[derive(Debug)]
struct PriceRow {
    grade: String,
    old: String,
    new: String,
    when: String,
    who: String,
    from: String,
}

/// The newest prices of a model, as many as its page shows.
async fn price_rows(state: &AppState, model: &ProductModel) -> Result<Vec<PriceRow>, Refusal> {
    let request = app::PageRequest {
        limit: 30,
        ..app::PageRequest::default()
    };
    let page = catalog::prices::page(&state.shop, model.id, &request).await?;
    Ok(page
        .data
        .into_iter()
        .map(|price| PriceRow {
            grade: price.grade.to_string(),
            old: amount(price.old_price),
            new: amount(price.new_price),
            when: super::invoices::when(&state.shop, price.changed_at),
            who: price.changed_by_name.unwrap_or_default(),
            from: price
                .merged_from
                .map(|n| format!("of number {n}"))
                .unwrap_or_default(),
        })
        .collect())
}

#[derive(Debug)]
struct BundleRow {
    id: String,
    sku: String,
    name: String,
    price: String,
    usual: String,
}

#[derive(Debug)]
struct DeviceCount {
    chip: Chip,
    href: String,
    count: i64,
}

/// A picture of our own is shown; one at another host is a link, because pages load nothing from elsewhere.
fn picture_of(url: Option<&str>) -> (String, String) {
    match url {
        None => (String::new(), String::new()),
        Some(url) if url.starts_with("https://") => (String::new(), url.to_owned()),
        Some(path) => (format!("/{}", path.trim_start_matches('/')), String::new()),
    }
}

async fn shown(
    state: &AppState,
    actor: &Actor,
    model: &ProductModel,
    form: &Form,
) -> Result<ShownModel, Refusal> {
    let all = format!("/devices?product_model_id={}", model.id);
    let devices = catalog::devices(&state.shop, model.id).await?;
    let (picture, picture_link) = picture_of(model.image_url.as_deref());
    let own = model.image_url.as_deref().and_then(picture::own);
    let pictures = picture::pictures(&state.shop, actor, model.id).await?;
    Ok(ShownModel {
        specs: model.specs(),
        picture,
        picture_link,
        picture_is_own: own.is_some(),
        picture_action: format!("/models/{}/picture", model.id),
        earlier: pictures
            .iter()
            .rev()
            .filter(|photo| Some(photo.id) != own)
            .map(|photo| photo_view(&state.shop, actor, photo))
            .collect(),
        devices: devices
            .into_iter()
            .map(|(status, count)| {
                let query = serde_urlencoded::to_string([("status", status.as_str())]).unwrap_or_default();
                DeviceCount {
                    chip: Chip::from(status),
                    href: format!("{all}&{query}"),
                    count,
                }
            })
            .collect(),
        devices_href: all,
        bundle: bundle::detail(&state.shop, model.id)
            .await?
            .bundle
            .into_iter()
            .map(|item| BundleRow {
                id: item.bulk_stock_id.to_string(),
                sku: item.sku,
                name: item.item_name,
                price: item.bundle_price.grouped(),
                usual: amount(item.unit_price),
            })
            .collect(),
        bundle_action: format!("/models/{}/bundle", model.id),
        bundle_sku: form.get("sku").into(),
        bundle_price: form.get("bundle_price").into(),
        prices: price_rows(state, model).await?,
        twins: catalog::merge::duplicates_of(&state.shop, model)
            .await?
            .iter()
            .map(|twin| {
                let (gone, kept) = (model.id.max(twin.id), model.id.min(twin.id));
                (twin.title(), format!("/models/{gone}/merge?into={kept}"))
            })
            .collect(),
        merge_href: format!("/models/{}/merge", model.id),
    })
}

async fn form_page(
    state: &AppState,
    visitor: Visitor,
    model: Option<&ProductModel>,
    form: Form,
    errors: Errors,
) -> Result<ModelForm, Refusal> {
    // Where the same model is recorded already, it is offered instead.
    let same = match form.parse::<NewProductModel>(&["version", "sku", "bundle_price"]) {
        Ok(new) if !errors.summary.is_empty() => catalog::same_as(&state.shop, &new).await?,
        _ => None,
    };
    let Visitor { actor, frame } = visitor;
    Ok(ModelForm {
        action: model.map_or("/models/new".into(), |m| format!("/models/{}", m.id)),
        version: form.get("version").into(),
        categories: Choice::list(categories(), form.get("category")),
        brands: catalog::brands(&state.shop).await?,
        may_edit: frame.can(&Capability::EditCatalog),
        form_key: form_key(),
        shown: match model {
            Some(model) => Some(shown(state, &actor, model, &form).await?),
            None => None,
        },
        same: same.filter(|same| model.is_none_or(|m| m.id != same.id)),
        frame: frame.titled(model.map_or("Add a model".into(), ProductModel::title)),
        form,
        errors,
    })
}

/// `GET /models/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let form = Form::from_iter([("category", Category::Laptop.as_str())]);
    show(&form_page(&state, visitor, None, form, Errors::default()).await?)
}

/// `POST /models/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/models/new");
    let outcome = match form.parse(&[]) {
        Ok(new) => catalog::create(&state.shop, &visitor.actor, new)
            .await
            .map(|model| model.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(id) => Ok(redirect(
            &format!("/models/{id}"),
            Some(("good", "The model was added.")),
        )),
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/models/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor, None, form, errors).await?,
            )
        }
    }
}

/// `POST /models/{id}/bundle`: puts an item into the bundle, or takes the one of `remove` out.
pub async fn bundle(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/models/{id}/bundle"));
    let (shop, actor) = (&state.shop, &visitor.actor);
    let outcome = match form.get("remove").parse::<BulkStockId>() {
        Ok(item) => bundle::remove(shop, actor, id, item)
            .await
            .map(|()| "It goes with this model no longer."),
        Err(_) => match form.parse::<NewBundleItem>(&["remove"]) {
            Ok(new) => bundle::put(shop, actor, id, new)
                .await
                .map(|_| "It goes with each device of this model."),
            Err(refusal) => Err(refusal),
        },
    };
    let here = format!("/models/{id}");
    match outcome {
        Ok(word) => Ok(redirect(&here, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let model = catalog::find(&state.shop, id).await?;
            let names = ["sku", "bundle_price"];
            let filled = fields_of(&model).chain(names.map(|name| (name, form.get(name).to_owned())));
            let form = Form::from_iter(filled);
            let page = form_page(&state, visitor, Some(&model), form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `GET /models/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
) -> PageResult {
    // A link to a record that was merged away leads to the one that stayed.
    if let Some(kept) = catalog::merge::merged_into(&state.shop, id).await? {
        return Ok(redirect(&format!("/models/{kept}"), None));
    }
    let model = catalog::find(&state.shop, id).await?;
    let form = Form::from_iter(fields_of(&model));
    show(&form_page(&state, visitor, Some(&model), form, Errors::default()).await?)
}

/// The form as it is stored.
fn fields_of(model: &ProductModel) -> impl Iterator<Item = (&'static str, String)> {
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("version", app::tx::etag(model.updated_at)),
        ("category", model.category.to_string()),
        ("brand", model.brand.clone()),
        ("model_name", model.model_name.clone()),
        ("cpu", text(&model.cpu)),
        ("ram", text(&model.ram)),
        ("storage", text(&model.storage)),
        ("screen_size", text(&model.screen_size)),
        ("gpu", text(&model.gpu)),
        ("operating_system", text(&model.operating_system)),
        ("description", text(&model.description)),
        ("default_price_grade_a", money(model.default_price_grade_a)),
        ("default_price_grade_b", money(model.default_price_grade_b)),
        ("default_price_grade_c", money(model.default_price_grade_c)),
        ("image_url", text(&model.image_url)),
    ]
    .into_iter()
}

/// `POST /models/{id}`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/models/{id}"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewProductModel>(&["version"]) {
        Ok(new) => catalog::change(&state.shop, &visitor.actor, id, new.into())
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/models/{id}"),
            Some(("good", "The model was changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let model = catalog::find(&state.shop, id).await?;
            let page = form_page(&state, visitor, Some(&model), form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The page again as it is stored, with why its picture stays as it was.
async fn picture_refused(
    state: &AppState,
    visitor: Visitor,
    id: ProductModelId,
    refusal: Refusal,
) -> PageResult {
    let (status, errors) = super::photos::told(refusal)?;
    let model = catalog::find(&state.shop, id).await?;
    let form = Form::from_iter(fields_of(&model));
    show_with(
        status,
        &form_page(state, visitor, Some(&model), form, errors).await?,
    )
}

/// `POST /models/{id}/picture`
pub async fn put_picture(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    upload: Result<Upload, Problem>,
) -> PageResult {
    let here = format!("/models/{id}");
    let kept = match upload {
        Ok(upload) => {
            visitor.actor.request.idempotency = upload.fields.idempotency(&format!("{here}/picture"));
            upload.fingerprint(&mut visitor.actor);
            picture::put(&state.shop, &visitor.actor, id, &upload.path).await
        }
        Err(problem) => Err(*problem.0),
    };
    match kept {
        Ok(_) => Ok(redirect(
            &here,
            Some(("good", "The picture is shown from now on.")),
        )),
        Err(Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => picture_refused(&state, visitor, id, refusal).await,
    }
}

/// `POST /models/{id}/picture/choose`: shows one of the earlier pictures again, or none where none is named.
pub async fn choose_picture(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    form: Form,
) -> PageResult {
    let here = format!("/models/{id}");
    visitor.actor.request.idempotency = form.idempotency(&format!("{here}/picture/choose"));
    let (shop, actor) = (&state.shop, &visitor.actor);
    let (done, word) = match form.get("photo_id").parse::<PhotoId>() {
        Ok(photo) => (
            picture::show_again(shop, actor, id, photo).await,
            "This picture is shown from now on.",
        ),
        Err(_) => (
            picture::take_off(shop, actor, id).await,
            "The picture is off the page. It stays under Earlier pictures.",
        ),
    };
    match done {
        Ok(_) => Ok(redirect(&here, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => picture_refused(&state, visitor, id, refusal).await,
    }
}
