//! Messages to customers: what they are about, the way they go, and the templates their words come from.

use std::collections::BTreeSet;

use MessageStatus::*;
use chrono::TimeDelta;

use crate::{TextError, Tone};

text_enum! {
    /// How a message goes.
    pub enum Channel {
        /// By the shop's e-mail server.
        Email = "E-mail",
        /// By a link that somebody presses: BizHub itself sends nothing.
        WhatsApp = "WhatsApp",
        /// By the gateway that the shop has set up.
        Sms = "SMS",
    }
}

text_enum! {
    /// What a message is about. Each has its template.
    pub enum MessageKind {
        /// What was bought, after it is paid.
        Receipt = "Receipt",
        /// What is to be paid.
        Invoice = "Invoice",
        /// What came back.
        CreditNote = "Credit Note",
        /// The account over some days.
        Statement = "Statement",
        /// A preordered device is here.
        PreorderArrived = "Preorder Arrived",
        /// A repair can be fetched.
        RepairReady = "Repair Ready",
        /// A warranty is about to end.
        WarrantyEnds = "Warranty Ends",
        /// An invoice is due.
        BalanceDue = "Balance Due",
        /// The shop tries its own set-up.
        Test = "Test",
    }
}

text_enum! {
    /// Where a message is on its way.
    pub enum MessageStatus {
        /// Waits to be opened in WhatsApp.
        Ready = "Ready",
        /// Somebody opened it in WhatsApp; whether they pressed "send" there only they know.
        Opened = "Opened",
        /// Goes out as soon as there is a line.
        Queued = "Queued",
        /// On the wire.
        Sending = "Sending",
        /// The server or the gateway took it.
        Sent = "Sent",
        /// Broken off on the wire: it may have gone out. A person decides.
        Unclear = "Unclear",
        /// Refused for good, or tried for too long.
        Failed = "Failed",
        /// Called off.
        Cancelled = "Cancelled",
    }
}

text_enum! {
    /// What is done with a message.
    pub enum MessageAction {
        /// Open it in WhatsApp.
        Open = "Open",
        /// A server takes it to send it.
        Claim = "Claim",
        /// The other side took it.
        Take = "Take",
        /// It could not go out and is tried again later.
        Postpone = "Postpone",
        /// The other side refuses it, or it was tried for too long.
        Refuse = "Refuse",
        /// It is not known whether it went out.
        Lose = "Lose",
        /// A person has it sent again.
        Retry = "Send again",
        /// A person calls it off, or leaves it as it is.
        Cancel = "Cancel",
    }
}

/// The table: from, action, to.
pub const MOVES: &[(MessageStatus, MessageAction, MessageStatus)] = &[
    (Ready, MessageAction::Open, Opened),
    (Opened, MessageAction::Open, Opened),
    (Ready, MessageAction::Cancel, Cancelled),
    (Queued, MessageAction::Claim, Sending),
    (Queued, MessageAction::Cancel, Cancelled),
    (Sending, MessageAction::Take, Sent),
    (Sending, MessageAction::Postpone, Queued),
    (Sending, MessageAction::Refuse, Failed),
    (Sending, MessageAction::Lose, Unclear),
    (Unclear, MessageAction::Take, Sent),
    (Unclear, MessageAction::Retry, Queued),
    (Unclear, MessageAction::Cancel, Cancelled),
    (Failed, MessageAction::Retry, Queued),
    (Failed, MessageAction::Cancel, Cancelled),
];

impl MessageStatus {
    /// Where an action leads; else why not.
    pub fn after(self, action: MessageAction) -> Result<Self, TextError> {
        MOVES
            .iter()
            .find(|(from, with, _)| (*from, *with) == (self, action))
            .map(|(_, _, to)| *to)
            .ok_or_else(|| {
                TextError(match (self, action) {
                    (Sent, _) => "This message was sent already: write another.".into(),
                    (Sending, _) => {
                        "This message is on the wire at this moment: look again in a minute.".into()
                    }
                    (Cancelled, _) => "This message was cancelled: write another.".into(),
                    (Queued, MessageAction::Retry) => "This message is waiting to be sent already.".into(),
                    (Ready | Opened, _) => "This message goes by WhatsApp: open it there.".into(),
                    _ => format!("This message is {self}: that is not possible now."),
                })
            })
    }

    /// Whether a person may do it now.
    pub fn can(self, action: MessageAction) -> bool {
        self.after(action).is_ok()
    }

    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Ready | Queued | Sending => Tone::Info,
            Opened | Sent => Tone::Good,
            Unclear => Tone::Warn,
            Failed => Tone::Bad,
            Cancelled => Tone::Neutral,
        }
    }
}

text_enum! {
    /// What a customer allows on a channel.
    pub enum Allows {
        /// No messages at all.
        Nothing = "Nothing",
        /// What they ask for and what they wait for: receipts, invoices, statements, their preorder, their repair.
        Documents = "Documents",
        /// Reminders too: a warranty that ends, a balance that is due.
        Everything = "Everything",
    }
}

text_enum! {
    /// How a customer said what they allow.
    pub enum ConsentHow {
        /// At the counter.
        InPerson = "In person",
        /// On the phone.
        ByPhone = "By phone",
        /// In a message or a letter.
        InWriting = "In writing",
        /// Taken over from a record that was merged into this one: the stricter of both.
        Merged = "Merged",
    }
}

/// What holds for a customer who never said anything.
pub const UNASKED: Allows = Allows::Documents;

impl MessageKind {
    /// The least that a customer must allow to get it.
    pub const fn needs(self) -> Allows {
        match self {
            Self::WarrantyEnds | Self::BalanceDue => Allows::Everything,
            Self::Test => Allows::Nothing,
            _ => Allows::Documents,
        }
    }

    /// Its words until the shop writes its own: the subject of an e-mail, and the text.
    pub const fn default_template(self) -> (&'static str, &'static str) {
        match self {
            Self::Receipt => (
                "Your receipt {number} from {shop}",
                "Hello {customer},\nthank you for buying at {shop}. Your receipt {number} of {date} over {amount}: {link}",
            ),
            Self::Invoice => (
                "Invoice {number} from {shop}",
                "Hello {customer},\nyour invoice {number} of {date} over {amount}; {balance} is left to pay. See it here: {link}",
            ),
            Self::CreditNote => (
                "Credit note {number} from {shop}",
                "Hello {customer},\nwe took back what you returned. Your credit note is {number} of {date} over {amount}.",
            ),
            Self::Statement => (
                "Your account with {shop}",
                "Hello {customer},\nthis is your account with {shop} from {from} to {date}. The balance is {amount}.",
            ),
            Self::PreorderArrived => (
                "Your {device} has arrived",
                "Hello {customer},\nyour {device} of preorder {number} has arrived at {shop}. Please come and fetch it; {balance} is left to pay.",
            ),
            Self::RepairReady => (
                "Your repair {number} is ready",
                "Hello {customer},\nyour {device} (repair {number}) is ready at {shop}. To pay: {amount}.",
            ),
            Self::WarrantyEnds => (
                "Your warranty {number} ends on {date}",
                "Hello {customer},\nthe warranty {number} of your {device} ends on {date}. If something is wrong with it, come to {shop} before then.",
            ),
            Self::BalanceDue => (
                "{balance} is due on {number}",
                "Hello {customer},\n{balance} of your invoice {number} of {date} is left to pay. See it here: {link}",
            ),
            Self::Test => (
                "A test from {shop}",
                "This is a test message from {shop}. It works.",
            ),
        }
    }

    /// The placeholders that its template may use.
    pub const fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Receipt | Self::Invoice | Self::BalanceDue => &[
                "customer", "number", "date", "amount", "balance", "device", "link", "shop", "phone",
            ],
            Self::CreditNote => &["customer", "number", "date", "amount", "shop", "phone"],
            Self::Statement => &["customer", "from", "date", "amount", "shop", "phone"],
            Self::PreorderArrived => &["customer", "number", "device", "balance", "shop", "phone"],
            Self::RepairReady => &["customer", "number", "device", "amount", "shop", "phone"],
            Self::WarrantyEnds => &["customer", "number", "device", "date", "shop", "phone"],
            Self::Test => &["shop", "phone"],
        }
    }
}

/// What stands between braces in a text, in its order. A brace without its partner is an error.
pub fn placeholders_in(text: &str) -> Result<Vec<&str>, TextError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        let after = &rest[open + 1..];
        let name = match (rest.as_bytes()[open], after.find(['{', '}'])) {
            (b'{', Some(close)) if after.as_bytes()[close] == b'}' => &after[..close],
            _ => {
                return Err(
                    "A brace stands alone here. Write placeholders like {customer}, with both braces.".into(),
                );
            }
        };
        found.push(name);
        rest = &after[name.len() + 1..];
    }
    Ok(found)
}

/// Whether a template uses only these placeholders; else which one it may not.
pub fn check_template(text: &str, known: &[&str]) -> Result<(), TextError> {
    for name in placeholders_in(text)? {
        if !known.contains(&name) {
            let may: BTreeSet<String> = known.iter().map(|n| format!("{{{n}}}")).collect();
            let may: Vec<String> = may.into_iter().collect();
            return Err(TextError(format!(
                "{{{name}}} means nothing here. Use {}.",
                crate::text::one_of(&may)
            )));
        }
    }
    Ok(())
}

/// Puts values in the place of placeholders; what has no value is left out. Values are not looked into again: a customer
/// named `{link}` stays one.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        filled.push_str(before);
        let Some(close) = after.find('}') else {
            rest = after;
            break;
        };
        filled.push_str(&value(&after[1..close]).unwrap_or_default());
        rest = &after[close + 1..];
    }
    filled.push_str(rest);
    filled
}

/// How long to wait after so many attempts that did not get through: from a minute to four hours.
pub fn pause_after(attempts: i32) -> TimeDelta {
    let minutes = match attempts {
        ..=1 => 1,
        2 => 2,
        3 => 5,
        4 => 15,
        5 => 30,
        6 => 60,
        7 => 120,
        _ => 240,
    };
    TimeDelta::minutes(minutes)
}

/// For how long a message is tried by itself; then it has Failed and a person looks at it.
pub const TRIED_FOR: TimeDelta = TimeDelta::days(3);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_pair_of_statuses() {
        let listed: [(MessageStatus, &[MessageStatus]); 8] = [
            (Ready, &[Opened, Cancelled]),
            (Opened, &[Opened]),
            (Queued, &[Sending, Cancelled]),
            (Sending, &[Sent, Queued, Failed, Unclear]),
            (Sent, &[]),
            (Unclear, &[Sent, Queued, Cancelled]),
            (Failed, &[Queued, Cancelled]),
            (Cancelled, &[]),
        ];
        assert_eq!(listed.map(|(from, _)| from), MessageStatus::ALL);
        for (from, to) in listed {
            let reached: Vec<_> = MessageAction::ALL
                .iter()
                .filter_map(|a| from.after(*a).ok())
                .collect();
            assert!(
                reached.iter().all(|r| to.contains(r)) && to.iter().all(|t| reached.contains(t)),
                "{from}"
            );
            for action in MessageAction::ALL {
                if let Err(refused) = from.after(*action) {
                    assert!(refused.0.ends_with('.'), "{refused}");
                }
            }
        }
    }

    #[test]
    fn the_default_templates_use_what_they_may() {
        for kind in MessageKind::ALL {
            let (subject, text) = kind.default_template();
            for template in [subject, text] {
                assert_eq!(check_template(template, kind.placeholders()), Ok(()), "{kind}");
            }
        }
    }

    #[test]
    fn placeholders_are_checked_and_filled() {
        assert_eq!(placeholders_in("a {b} c {d}"), Ok(vec!["b", "d"]));
        for wrong in ["{", "}", "{a", "a}", "{a{b}}", "}{"] {
            assert!(placeholders_in(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            check_template("{nobody}", &["shop", "customer"])
                .expect_err("unknown")
                .0,
            "{nobody} means nothing here. Use {customer} or {shop}."
        );
        let value = |name: &str| (name == "customer").then(|| "{link}".to_owned());
        assert_eq!(fill("Hello {customer}, {gone}!", value), "Hello {link}, !");
    }

    #[test]
    fn the_pauses_grow() {
        let pauses: Vec<_> = (1..12).map(pause_after).collect();
        assert!(
            pauses.is_sorted() && pauses[0] == TimeDelta::minutes(1) && pauses[10] == TimeDelta::hours(4)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,60}") {
            let names = placeholders_in(&text);
            let filled = fill(&text, |name| Some(format!("{{{name}}}")));
            if names.is_ok() { prop_assert_eq!(filled, text); }
        }
    }
}
