//! A scheme as it stands in a proxy's address, for a stored setting.

use network::ProxyScheme;
use serde::{Deserialize as _, Deserializer, Serializer, de};

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
pub(super) fn serialize<S: Serializer>(
    scheme: &ProxyScheme,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(scheme.as_str())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ProxyScheme, D::Error> {
    let name = String::deserialize(deserializer)?;
    ProxyScheme::named(&name).ok_or_else(|| de::Error::custom("an unknown scheme"))
}
