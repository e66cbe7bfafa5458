//! `/healthz`, `/readyz`, `/metrics` (API.md, end).

use crate::AppState;
use crate::problem::Problem;
use app::accounts::authenticate::{Credential, authenticate};
use app::{Capability, Refusal};
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::sync::LazyLock;

static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0])
        .ok()
        .and_then(|builder| builder.install_recorder().ok())
});

/// Starts counting.
pub fn install_metrics() {
    LazyLock::force(&RECORDER);
}

/// Alive.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Database reachable and migrated.
pub async fn readyz(State(state): State<AppState>) -> Response {
    if state.shop.is_ready().await {
        "ready\n".into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "The database is out of reach or not migrated.\n",
        )
            .into_response()
    }
}

/// Prometheus text, from this machine or with an Admin's token.
pub async fn metrics(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !peer.ip().is_loopback() {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "));
        let who = match token {
            Some(token) => authenticate(&state.shop, Credential::Token(token)).await?,
            None => None,
        };
        if !who.is_some_and(|who| who.role.can(Capability::ManageSettings)) {
            return Err(Refusal::Unauthenticated(
                "Metrics need an Admin's token from other machines.".into(),
            )
            .into());
        }
    }
    let (size, idle) = state.shop.pool_figures();
    metrics::gauge!("bizhub_pool_connections").set(f64::from(size));
    metrics::gauge!("bizhub_pool_idle_connections").set(f64::from(u32::try_from(idle).unwrap_or(u32::MAX)));
    let text = RECORDER
        .as_ref()
        .map(PrometheusHandle::render)
        .unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
