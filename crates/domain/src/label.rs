//! Labels: the papers that they are printed on.

text_enum! {
    /// The paper that labels are printed on, in millimetres.
    pub enum LabelSize {
        /// A roll of labels, 40 wide and 30 high.
        Roll40x30 = "40x30",
        /// A roll of labels, 50 wide and 25 high.
        Roll50x25 = "50x25",
        /// A continuous roll 62 wide, cut every 29.
        Roll62 = "62x29",
        /// An A4 sheet of 3 by 8, each 70 by 37.
        A4Sheet24 = "a4-24",
        /// An A4 sheet of 3 by 7, each 63.5 by 38.1.
        A4Sheet21 = "a4-21",
    }
}

impl LabelSize {
    /// As people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Roll40x30 => "Roll 40 × 30 mm",
            Self::Roll50x25 => "Roll 50 × 25 mm",
            Self::Roll62 => "Roll 62 mm, cut every 29 mm",
            Self::A4Sheet24 => "A4 sheet, 3 × 8 of 70 × 37 mm",
            Self::A4Sheet21 => "A4 sheet, 3 × 7 of 63.5 × 38.1 mm",
        }
    }
}

text_enum! {
    /// How a label is read by a machine.
    pub enum LabelCode {
        /// Bars.
        Code128 = "Code 128",
        /// A square.
        Qr = "QR",
    }
}
