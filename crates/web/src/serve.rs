//! Serving until told to stop.

use crate::{AppState, health, router};
use app::Shop;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves pages and API on the listener until `shutdown` resolves, then lets running requests finish.
pub async fn serve(listener: TcpListener, shop: Shop, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    health::install_metrics();
    let app = router::app(AppState::new(shop.clone()));
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(shutdown)
        .await?;
    shop.close().await;
    Ok(())
}
