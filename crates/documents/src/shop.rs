use serde::Serialize;

/// The shop whose paper it is, as its head prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shop {
    /// The name customers know.
    pub name: String,
    /// Where it is; more than one line is fine.
    pub address: String,
    /// Its phone number.
    pub phone: String,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Taxpayer identification number.
    pub tin: Option<String>,
}

impl Shop {
    /// A believable shop, for previews and tests.
    pub fn sample() -> Self {
        Self {
            name: "Payless4Tech".into(),
            address: "14 Ring Road Central, Kokomlemle, Accra".into(),
            phone: "+233 24 412 0087".into(),
            email: Some("hello@payless4tech.example".into()),
            tin: Some("C0001234567".into()),
        }
    }
}
