//! The statuses that many devices are given at once.

use crate::{AssetStatus, Capability};

text_enum! {
    /// A status that many devices are given at once, with a look before and a way back: out of the sale, or from there back to the
    /// bench.
    pub enum BulkStatus {
        /// Out of the sale, for a reason.
        NotSellable = "Not Sellable",
        /// Back to the bench, of those that are Not Sellable.
        DiagnosticsPending = "Diagnostics Pending",
    }
}

impl BulkStatus {
    /// The status.
    pub const fn status(self) -> AssetStatus {
        match self {
            Self::NotSellable => AssetStatus::NotSellable,
            Self::DiagnosticsPending => AssetStatus::DiagnosticsPending,
        }
    }

    /// Who may give it.
    pub const fn capability(self) -> Capability {
        match self {
            Self::NotSellable => Capability::MarkNotSellable,
            Self::DiagnosticsPending => Capability::SendToDiagnostics,
        }
    }

    /// Where a device goes when such a change is taken back. The workflow leads from Not Sellable to the bench or to the repair
    /// alone, so what was on sale, or not even tested, begins again with diagnostics.
    pub const fn way_back(was: AssetStatus) -> AssetStatus {
        match was {
            AssetStatus::RepairHold | AssetStatus::NotSellable => was,
            _ => AssetStatus::DiagnosticsPending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::status::MOVES;

    #[test]
    fn the_way_there_and_the_way_back_are_in_the_table() {
        let plain = |from, to, capability| {
            MOVES.iter().any(|line| {
                (line.from, line.to, line.capability) == (from, to, capability) && line.record.is_none()
            })
        };
        for from in AssetStatus::ALL.iter().copied() {
            let out = plain(
                from,
                AssetStatus::NotSellable,
                BulkStatus::NotSellable.capability(),
            );
            if !out {
                continue;
            }
            let back = BulkStatus::way_back(from);
            assert!(
                [Capability::SendToDiagnostics, Capability::MarkNotSellable]
                    .iter()
                    .any(|capability| plain(AssetStatus::NotSellable, back, *capability)),
                "{from} is taken back to {back}"
            );
        }
        let bench = BulkStatus::DiagnosticsPending;
        assert!(plain(
            AssetStatus::NotSellable,
            bench.status(),
            bench.capability()
        ));
        assert!(plain(
            bench.status(),
            BulkStatus::way_back(AssetStatus::NotSellable),
            BulkStatus::NotSellable.capability()
        ));
    }
}
