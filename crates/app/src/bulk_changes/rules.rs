//! What every change of many records asks for and says, whatever the records are.

use crate::Refusal;
use domain::{Money, Price, PriceStep};

/// The most records that are changed at once.
const MOST: usize = 500;

/// How each price changes, and by how much.
pub(super) type Step = (PriceStep, Price);

/// A field that a change can be of, and its value as text.
pub(crate) type Field = (&'static str, Option<String>);

/// The numbers in their order, each once; or what is wrong with them.
pub(crate) fn wanted(pointer: &str, what: &str, ids: impl Iterator<Item = i32>) -> Result<Vec<i32>, Refusal> {
    let mut ids: Vec<i32> = ids.collect();
    if ids.is_empty() {
        return Err(Refusal::invalid(pointer, format!("Choose the {what} first.")));
    }
    if ids.len() > MOST {
        let text = format!("Change at most {MOST} {what} at once.");
        return Err(Refusal::invalid(pointer, text));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// What is wrong with the step of the prices; `others` says whether anything else is asked for.
pub(crate) fn check_step(step: Option<PriceStep>, value: Option<Price>, others: bool) -> Result<(), Refusal> {
    match (step, value) {
        (Some(_), None) => Err(Refusal::invalid("/value", "Say by how much, or to what.")),
        (None, Some(_)) => Err(Refusal::invalid("/step", "Say how the prices change.")),
        (None, None) if !others => Err(Refusal::invalid(
            "/step",
            "Say how the prices change, or what all of them have in common.",
        )),
        _ => Ok(()),
    }
}

/// The price after a step. A record without one gets one only where the step says which.
pub(super) fn stepped(old: Option<Money>, (step, by): Step) -> Result<Price, Refusal> {
    let from = match (old, step) {
        (Some(price), _) => price,
        (None, PriceStep::SetTo) => Money::ZERO,
        (None, _) => {
            let text = "It has no price yet: set one first.";
            return Err(Refusal::conflict("price_missing", text));
        }
    };
    let impossible = || {
        let text = "Its price would be impossible: change it by less.";
        Refusal::conflict("price_impossible", text)
    };
    let new = step.apply(from, by).ok_or_else(impossible)?;
    Price::try_from(new).map_err(|_| impossible())
}

/// The change in words, as long as there is room for.
pub(crate) fn words(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    parts.join(", ").chars().take(200).collect()
}

/// A field that became something else, with what it was and is.
pub(crate) type Difference = (&'static str, Option<String>, Option<String>);

/// The fields that became something else.
pub(crate) fn differences(
    before: impl IntoIterator<Item = Field>,
    after: impl IntoIterator<Item = Field>,
) -> impl Iterator<Item = Difference> {
    (before.into_iter().zip(after))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| (field, old, new))
}

/// A recorded value as what it was, or an error of the machine: it was written by this program.
pub(crate) fn recorded<T: std::str::FromStr>(field: &str, value: Option<&str>) -> Result<Option<T>, Refusal> {
    let broken = |_| Refusal::Internal(format!("a change of {field} is recorded that cannot be read"));
    value.map(|text| text.parse::<T>().map_err(broken)).transpose()
}

/// A change that was taken back is not taken back again.
pub(crate) fn check_not_undone(is_undone: bool) -> Result<(), Refusal> {
    match is_undone {
        true => Err(Refusal::conflict(
            "undone_already",
            "This change was taken back already.",
        )),
        false => Ok(()),
    }
}

/// Nothing is taken back where some of it was changed since: `later` names what, in order, and `instead` says what to do.
pub(crate) fn check_unchanged(mut later: Vec<String>, instead: &str) -> Result<(), Refusal> {
    if later.is_empty() {
        return Ok(());
    }
    later.dedup();
    let more = if later.len() > 3 { " and others" } else { "" };
    later.truncate(3);
    let text = format!(
        "This cannot be taken back: {}{more} changed since. {instead}",
        later.join(", ")
    );
    Err(Refusal::conflict("changed_since", text))
}
