//! Numbers of records, one type each, so that a device's number never stands where an invoice's is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::TextError;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(i32);

        impl $name {
            /// The record with this number.
            pub const fn new(number: i32) -> Self {
                Self(number)
            }

            /// The number itself.
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                text.parse().ok().filter(|number| *number > 0).map(Self).ok_or_else(|| NOT_A_NUMBER.into())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match i32::deserialize(deserializer)? {
                    number if number > 0 => Ok(Self(number)),
                    _ => Err(D::Error::custom(NOT_A_NUMBER)),
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .minimum(Some(1_isize))
                    .maximum(Some(i32::MAX as isize))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

const NOT_A_NUMBER: &str = "The number of a record is a whole number from 1 up.";

ids! {
    /// A user account.
    UserId,
    /// A customer.
    CustomerId,
    /// A product model of the catalogue.
    ProductModelId,
    /// A device.
    AssetId,
    /// An item of bulk stock.
    BulkStockId,
    /// A location.
    LocationId,
    /// A lead source.
    LeadSourceId,
    /// A till session.
    TillSessionId,
    /// A movement of a device.
    MovementId,
    /// A diagnostics result.
    DiagnosticsId,
    /// A wipe certificate.
    WipeCertificateId,
    /// An invoice.
    InvoiceId,
    /// A line of an invoice.
    InvoiceLineId,
    /// A payment.
    PaymentId,
    /// A return.
    ReturnId,
    /// A refund.
    RefundId,
    /// A request for a return.
    ReturnRequestId,
    /// A preorder.
    PreorderId,
    /// A warranty.
    WarrantyId,
    /// A warranty claim.
    WarrantyClaimId,
    /// A repair ticket.
    RepairTicketId,
    /// A part on a repair ticket.
    RepairPartId,
    /// An entry of a repair ticket's history.
    RepairEventId,
    /// A signed-in session.
    SessionId,
    /// An API token.
    ApiTokenId,
    /// A manifest import.
    ImportId,
    /// A sale put aside.
    ParkedSaleId,
    /// A price list.
    PriceListId,
    /// What a customer handed over once for several invoices.
    PaymentBatchId,
    /// A message to a customer.
    MessageId,
    /// A lot.
    LotId,
    /// A charge of a lot.
    LotChargeId,
    /// What a machine said of itself.
    MachineReportId,
    /// A quality check.
    QualityCheckId,
    /// A photo.
    PhotoId,
    /// A stocktake.
    StocktakeId,
    /// One thing counted in a stocktake.
    StocktakeCountId,
    /// A view of a list that somebody saved.
    SavedViewId,
    /// A change of many product models at once.
    CatalogChangeId,
    /// A change of many devices or items of bulk stock at once.
    BulkChangeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_numbers_are_read() {
        assert_eq!("12".parse(), Ok(AssetId::new(12)));
        for wrong in ["0", "-1", "1.5", "", " 1", "2147483648", "abc"] {
            assert!(wrong.parse::<AssetId>().is_err(), "{wrong}");
        }
        assert_eq!(serde_json::from_str::<InvoiceId>("7").unwrap().get(), 7);
        for wrong in ["0", "-7", "\"7\"", "7.5", "2147483648"] {
            assert!(serde_json::from_str::<InvoiceId>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&UserId::new(3)).unwrap(), "3");
    }

    #[test]
    fn the_schema_says_what_is_refused() {
        let schema = serde_json::to_value(AssetId::schema()).unwrap();
        assert_eq!(schema["type"], "integer");
        assert_eq!(schema["format"], "int32");
        assert_eq!(schema["minimum"], 1);
        assert_eq!(AssetId::name(), "AssetId");
    }
}
