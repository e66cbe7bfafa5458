//! The OpenAPI 3.1 document's head; the calls add themselves through the gate.

use crate::problem::{ProblemDetails, ProblemField};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};

/// The document without calls.
pub fn head() -> OpenApi {
    let components = ComponentsBuilder::new()
        .schema(ProblemDetails::name(), ProblemDetails::schema())
        .schema(ProblemField::name(), ProblemField::schema())
        .security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        )
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("bizhub"))),
        )
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("BizHub")
                .version("1")
                .description(Some(
                    "The shop's business hub. Money is text with two decimals in GHS, dates are business days in the \
                     shop's time zone, instants are RFC 3339. Send an Idempotency-Key with every POST that must not \
                     happen twice.",
                ))
                .build(),
        )
        .components(Some(components))
        .build()
}
