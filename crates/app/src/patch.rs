//! PATCH bodies: a field that is absent stays, `null` empties it.

use domain::Text;
use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "crate::patch::field")]` on an `Option<Option<T>>`.
pub fn field<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A text for a column that may be null: what is blank is nothing.
pub fn text<const MIN: usize, const MAX: usize>(value: Option<Text<MIN, MAX>>) -> Option<String> {
    value.as_ref().and_then(Text::non_empty).map(str::to_owned)
}
