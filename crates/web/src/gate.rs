//! The one gate: a route says who may use it where it is declared, and that line writes the OpenAPI security, guards
//! the request, and fills the permission matrix.

use crate::AppState;
use crate::frame::cookie_in;
use crate::problem::{PageProblem, Problem};
use app::accounts::authenticate::{Credential, authenticate};
use app::{Actor, Capability, Idempotency, Refusal, RequestInfo};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use db_list::ListSpec;
use http::{HeaderMap, Method, header};
use sha2::{Digest, Sha256};
use std::collections::btree_map::Entry;
use std::net::SocketAddr;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, Required, ResponseBuilder};
use utoipa_axum::router::UtoipaMethodRouter;

/// The list specs come through `app`, which owns what may be listed.
use app::lists as db_list;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Whoever has one of these.
    Any(&'static [Capability]),
}

/// Shorthand for a single capability, readable in the permission sheet.
macro_rules! may {
    ($($capability:ident),+) => { $crate::gate::Access::Any(&[$(app::Capability::$capability),+]) };
}
pub(crate) use may;

/// One line of the permission sheet.
#[derive(Debug, Clone)]
pub struct SheetLine {
    /// `GET`, `POST` …
    pub method: String,
    /// Path pattern.
    pub path: String,
    /// Who.
    pub access: Access,
}

/// Collects routes with their access.
#[expect(missing_debug_implementations, reason = "utoipa-axum's router has none")]
pub struct Gate {
    api: Router<AppState>,
    /// What is described, where that is wanted. A server at work does without: its parts are many small things on the
    /// heap, for a text that is known already.
    document: Option<OpenApi>,
    pages: Router<AppState>,
    sheet: Vec<SheetLine>,
}

/// Calls that work before the seeded password is changed (API.md section 2).
const BEFORE_PASSWORD_CHANGE: &[(&str, &str)] = &[
    ("GET", "/api/v1/auth/me"),
    ("POST", "/api/v1/auth/password"),
    ("DELETE", "/api/v1/auth/token"),
    ("GET", "/account/password"),
    ("POST", "/account/password"),
    ("POST", "/sign-out"),
];

impl Gate {
    /// An empty gate, for serving or with a document to describe its calls in.
    pub fn new(document: Option<OpenApi>) -> Self {
        Gate {
            api: Router::new(),
            document,
            pages: Router::new(),
            sheet: Vec::new(),
        }
    }

    /// A call of the API, under `/api/v1`. Every documented refusal is added to its description here.
    pub fn api(mut self, (schemas, mut paths, router): UtoipaMethodRouter<AppState>, access: Access) -> Self {
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                self.sheet.push(SheetLine {
                    method: method.to_string(),
                    path: format!("/api/v1{path}"),
                    access,
                });
                if self.document.is_some() {
                    describe(operation, &method, path, access);
                }
            }
        }
        let router = guarded(router, access, true);
        for path in paths.paths.keys() {
            self.api = self.api.route(path, router.clone());
        }
        if let Some(document) = &mut self.document {
            let components = document.components.get_or_insert_default();
            for (name, schema) in schemas {
                let known = components.schemas.insert(name.clone(), schema.clone());
                debug_assert!(
                    known.is_none_or(|known| known == schema),
                    "two types of the API are called {name}, so its document shows one of them: rename the other"
                );
            }
            for (path, item) in paths.paths {
                match document.paths.paths.entry(path) {
                    Entry::Vacant(new) => _ = new.insert(item),
                    Entry::Occupied(mut known) => known.get_mut().merge_operations(item),
                }
            }
        }
        self
    }

    /// A list of the API: its parameters come from its spec.
    pub fn list(
        self,
        (schemas, mut paths, router): UtoipaMethodRouter<AppState>,
        spec: &ListSpec,
        access: Access,
    ) -> Self {
        for item in paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                list_parameters(operation, spec);
            }
        }
        self.api((schemas, paths, router), access)
    }

    /// Sums over a list: its search and its filters, without pages.
    pub fn sums(
        self,
        (schemas, mut paths, router): UtoipaMethodRouter<AppState>,
        spec: &ListSpec,
        access: Access,
    ) -> Self {
        for item in paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                filter_parameters(operation, spec);
            }
        }
        self.api((schemas, paths, router), access)
    }

    /// A page, or the target of a form.
    pub fn page(mut self, methods: &str, path: &str, router: MethodRouter<AppState>, access: Access) -> Self {
        for method in methods.split(' ') {
            self.sheet.push(SheetLine {
                method: method.to_owned(),
                path: path.to_owned(),
                access,
            });
        }
        self.pages = self.pages.route(path, guarded(router, access, false));
        self
    }

    /// The router, the OpenAPI document (empty where none was wanted) and the permission sheet.
    pub fn into_parts(self) -> (Router<AppState>, OpenApi, Vec<SheetLine>) {
        let mut document = self.document.unwrap_or_default();
        document.paths.paths = std::mem::take(&mut document.paths.paths)
            .into_iter()
            .map(|(path, item)| (format!("/api/v1{path}"), item))
            .collect();
        (
            Router::new().nest("/api/v1", self.api).merge(self.pages),
            document,
            self.sheet,
        )
    }
}

/// The operations of a path, by method.
fn operations(item: &mut PathItem) -> Vec<(Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::PUT, &mut item.put),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|o| (method, o)))
    .collect()
}

fn describe(operation: &mut Operation, method: &Method, path: &str, access: Access) {
    let mut refusals: Vec<(u16, &str)> = vec![(400, "The request cannot be read")];
    if let Access::Any(capabilities) = access {
        operation.security = Some(vec![
            SecurityRequirement::new::<_, [String; 0], String>("token", []),
            SecurityRequirement::new::<_, [String; 0], String>("session", []),
        ]);
        let names: Vec<_> = capabilities.iter().map(|c| c.as_str()).collect();
        let who = format!("Needs: {}.", names.join(" or "));
        let text = operation
            .description
            .take()
            .map(|d| format!("{d}\n\n{who}"))
            .unwrap_or(who);
        operation.description = Some(text);
        refusals.push((401, "Not signed in, or no longer"));
        refusals.push((403, "Not allowed"));
    } else {
        operation.security = Some(Vec::new());
        refusals.push((401, "Wrong user name or password"));
        refusals.push((403, "Not allowed"));
    }
    if path.contains('{') {
        refusals.push((404, "There is no such thing"));
    }
    refusals.extend([
        (409, "Not possible in the present state"),
        (422, "Invalid values"),
    ]);
    if *method != Method::GET {
        refusals.extend([
            (404, "There is no such thing"),
            (412, "Changed since it was read"),
            (413, "Too large"),
            (415, "Not JSON"),
        ]);
    }
    refusals.extend([(429, "Too many tries"), (503, "The database is out of reach")]);
    for (status, text) in refusals {
        operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| {
                ResponseBuilder::new()
                    .description(text)
                    .content(
                        "application/problem+json",
                        ContentBuilder::new()
                            .schema(Some(Ref::from_schema_name("ProblemDetails")))
                            .build(),
                    )
                    .build()
                    .into()
            });
    }
    let parameters = operation.parameters.get_or_insert_default();
    let header = |name: &str, text: &str, max: usize| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(text))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(SchemaType::new(Type::String))
                    .min_length(Some(1))
                    .max_length(Some(max))
                    .pattern(Some("^[\\x21-\\x7e]+$"))
                    .build(),
            ))
            .build()
    };
    if *method == Method::POST && path != "/auth/token" {
        let text = "The same key and body answers the first answer again and does nothing.";
        parameters.push(header("Idempotency-Key", text, 255).into());
    }
    if *method == Method::PATCH
        || (*method == Method::POST && path.contains('{'))
        || *method == Method::DELETE
    {
        parameters.push(
            header(
                "If-Match",
                "ETag of the version that the change was made on.",
                200,
            )
            .into(),
        );
    }
}

fn query_parameter(operation: &mut Operation, name: &str, text: &str, schema: ObjectBuilder) {
    operation.parameters.get_or_insert_default().push(
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(text))
            .schema(Some(schema.build()))
            .build()
            .into(),
    );
}

fn text_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

fn list_parameters(operation: &mut Operation, spec: &ListSpec) {
    query_parameter(
        operation,
        "limit",
        "Rows on a page.",
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(200))
            .default(Some(50.into())),
    );
    query_parameter(
        operation,
        "cursor",
        "next_cursor of the page before.",
        text_schema().pattern(Some("^([0-9a-f]{2})*$")),
    );
    let sorts: Vec<String> = spec
        .sorts
        .iter()
        .flat_map(|c| [c.name.to_owned(), format!("-{}", c.name)])
        .collect();
    query_parameter(
        operation,
        "sort",
        "Column to sort by, with a leading - for descending.",
        text_schema()
            .enum_values(Some(sorts))
            .default(Some(spec.default_sort.into())),
    );
    filter_parameters(operation, spec);
}

fn filter_parameters(operation: &mut Operation, spec: &ListSpec) {
    use db_list::Kind;
    if spec.search.is_some() {
        query_parameter(
            operation,
            "q",
            "Search text.",
            text_schema().max_length(Some(100)),
        );
    }
    for filter in spec.filters {
        let schema = match filter.kind {
            Kind::Text | Kind::Word(_) => text_schema().max_length(Some(255)),
            Kind::Int => ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Integer))
                .minimum(Some(i32::MIN))
                .maximum(Some(i32::MAX)),
            Kind::Money => text_schema().pattern(Some("^-?[0-9]{1,8}(\\.[0-9]{1,2})?$")),
            Kind::Date => text_schema().format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Date,
            ))),
            Kind::Instant => text_schema().format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            ))),
            Kind::Bool => ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean)),
        };
        query_parameter(operation, filter.name, "Only rows with this value.", schema);
    }
}

fn guarded(router: MethodRouter<AppState>, access: Access, is_api: bool) -> MethodRouter<AppState> {
    router.layer(from_fn(move |request: Request, next: Next| {
        guard(access, is_api, request, next)
    }))
}

async fn guard(access: Access, is_api: bool, request: Request, next: Next) -> Response {
    let Some(state) = request.extensions().get::<AppState>().cloned() else {
        return Problem::from(Refusal::Internal("the router has no state".into())).into_response();
    };
    let wanted = request
        .uri()
        .path_and_query()
        .map(|p| p.as_str().to_owned())
        .unwrap_or_default();
    // After signing in one goes on where one was; a form is filled in on the page that it was sent from.
    let onwards = match request.method() {
        &Method::GET => wanted,
        _ => sent_from(request.headers(), &wanted).unwrap_or_else(|| "/".to_owned()),
    };
    match admit(&state, access, is_api, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) if is_api => Problem(Box::new(refusal)).into_response(),
        Err(Refusal::Unauthenticated(_)) => {
            let query = serde_urlencoded::to_string([("next", onwards)]).unwrap_or_default();
            crate::frame::redirect(&format!("/sign-in?{query}"), None)
        }
        Err(Refusal::Forbidden {
            code: "password_change_required",
            ..
        }) => crate::frame::redirect("/account/password", None),
        Err(refusal) => PageProblem(Box::new(refusal)).into_response(),
    }
}

/// The page of ours that a form was sent from, unless that is an address that only takes forms, as of one shown again.
fn sent_from(headers: &HeaderMap, sent_to: &str) -> Option<String> {
    let page: http::Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let ours = page
        .authority()
        .is_some_and(|authority| authority.as_str() == host);
    let from = page.path_and_query()?.as_str();
    (ours && from != sent_to).then(|| from.to_owned())
}

/// Largest body that is read whole to fingerprint it; the routes' own limits are not larger, but for uploads.
const FINGERPRINT_LIMIT: usize = 2 * 1024 * 1024;

async fn admit(state: &AppState, access: Access, is_api: bool, request: Request) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let address = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|c| c.0.ip().to_string());
    let mut info = RequestInfo {
        id: parts
            .headers
            .get("x-request-id")
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned),
        address,
        idempotency: None,
        if_match: parts
            .headers
            .get(header::IF_MATCH)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned),
    };
    let Access::Any(capabilities) = access else {
        parts.extensions.insert(info);
        return Ok(Request::from_parts(parts, body));
    };
    let signed_in = match credential(&parts.headers, state.cookie_name(), is_api) {
        Some(credential) => authenticate(&state.shop, credential).await?,
        None => None,
    };
    let who = signed_in.ok_or_else(|| {
        Refusal::Unauthenticated(
            "You are not signed in, or your session or token has ended. Sign in again.".into(),
        )
    })?;
    let path = parts.uri.path();
    // Nested routers see the path without its prefix.
    let path = parts
        .extensions
        .get::<axum::extract::OriginalUri>()
        .map_or(path, |uri| uri.path());
    if who.must_change_password
        && !BEFORE_PASSWORD_CHANGE
            .iter()
            .any(|(m, p)| *m == parts.method.as_str() && *p == path)
    {
        return Err(Refusal::forbidden(
            "password_change_required",
            "Change your password first: it was set by somebody else.",
        ));
    }
    if !capabilities.iter().any(|c| who.role.can(*c)) {
        return Err(Refusal::not_allowed(who.role));
    }
    let mut body = body;
    if parts.method == Method::POST
        && let Some(key) = parts.headers.get("idempotency-key")
    {
        let key = key
            .to_str()
            .ok()
            .filter(|k| (1..=255).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or_else(|| {
                Refusal::invalid(
                    "/Idempotency-Key",
                    "An Idempotency-Key is 1 to 255 visible characters without spaces.",
                )
            })?
            .to_owned();
        let mut digest = Sha256::new();
        digest.update(parts.method.as_str());
        digest.update(path);
        // An upload's body differs at each sending by its boundary: the key alone must do.
        let is_upload = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|v| v.as_bytes().starts_with(b"multipart/"));
        if !is_upload {
            let bytes =
                axum::body::to_bytes(body, FINGERPRINT_LIMIT)
                    .await
                    .map_err(|_| Refusal::Unreadable {
                        status: 413,
                        detail: "The body is larger than this call takes. Send less at once.".into(),
                    })?;
            match without_passwords(&bytes) {
                Some(rest) => digest.update(&rest),
                None => digest.update(&bytes),
            }
            body = Body::from(bytes);
        }
        info.idempotency = Some(Idempotency {
            key,
            fingerprint: digest.finalize().to_vec(),
        });
    }
    parts.extensions.insert(Actor {
        user_id: Some(who.user_id),
        role: who.role,
        full_name: who.full_name.clone(),
        username: who.username.clone(),
        request: info,
    });
    parts.extensions.insert(who);
    Ok(Request::from_parts(parts, body))
}

/// A body without what it says of passwords, when it does: a fingerprint is kept, and a password must not be found again
/// by trying what has the same one.
fn without_passwords(body: &[u8]) -> Option<Vec<u8>> {
    let needle = b"password\"";
    body.windows(needle.len()).find(|part| part == needle)?;
    let mut body: serde_json::Value = serde_json::from_slice(body).ok()?;
    forget_passwords(&mut body);
    serde_json::to_vec(&body).ok()
}

/// At any depth: a sale carries the sign-in of who approves it.
fn forget_passwords(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| !name.ends_with("password"));
            fields.values_mut().for_each(forget_passwords);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget_passwords),
        _ => {}
    }
}

/// The bearer token, or the session cookie. Pages take the cookie only.
fn credential<'a>(headers: &'a HeaderMap, cookie_name: &str, is_api: bool) -> Option<Credential<'a>> {
    if is_api && let Some(value) = headers.get(header::AUTHORIZATION) {
        let value = value.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| Credential::Token(token.trim()));
    }
    cookie_in(headers, cookie_name).map(Credential::Session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::openapi::schema::Schema;

    fn described(text: &str) -> UtoipaMethodRouter<AppState> {
        let schema = Schema::Object(ObjectBuilder::new().description(Some(text)).build());
        let schemas = vec![("Word".to_owned(), schema.into())];
        (schemas, Default::default(), MethodRouter::new())
    }

    #[test]
    fn a_type_may_be_described_twice() {
        let gate = Gate::new(Some(OpenApi::default())).api(described("Why."), Access::Public);
        assert!(gate.api(described("Why."), Access::Public).document.is_some());
    }

    #[test]
    #[should_panic(expected = "two types of the API are called Word")]
    fn two_types_of_one_name_are_refused() {
        let gate = Gate::new(Some(OpenApi::default())).api(described("Why."), Access::Public);
        drop(gate.api(described("Why not."), Access::Public));
    }
}
