//! What is wrong with a form stands on top of it, each fault under the name of its field. A refusal knows the field by the name
//! that it has in the API; here it gets the one that the page gives it, so that it is found.

/// What `error_summary` of templates/components.html writes before the name of a field.
const LINK: &str = "<a class=\"fault\" href=\"#";

/// The page with the faults of its forms named as their fields are.
pub fn named(html: String) -> String {
    if !html.contains(LINK) {
        return html;
    }
    let mut page = String::with_capacity(html.len() + 256);
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once(LINK) {
        page.push_str(before);
        page.push_str(LINK);
        let field = after.split('"').next().unwrap_or_default();
        match (label(&html, field), after.split_once('>').zip(after.find("</a>"))) {
            (Some(label), Some(((tag, _), end))) => {
                page.push_str(tag);
                page.push('>');
                page.push_str(label);
                rest = &after[end..];
            }
            _ => rest = after,
        }
    }
    page.push_str(rest);
    page
}

/// What the page calls a field, as it is written there: its label, or the legend over its choices.
fn label<'h>(html: &'h str, field: &str) -> Option<&'h str> {
    let own = html
        .split_once(&format!("<label class=\"label\" for=\"{field}\">"))
        .map(|(_, text)| text);
    let over = || {
        let (before, _) = html.split_once(&format!(" name=\"{field}\""))?;
        let (_, text) = before
            .rsplit_once("<fieldset")?
            .1
            .split_once("<legend class=\"label\">")?;
        Some(text)
    };
    let text = own.or_else(over)?.split('<').next()?.trim().trim_end_matches('?');
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_the_name_of_its_field() {
        let fault =
            |name: &str, label: &str| format!("<li>{LINK}{name}\">{label}</a>: Please fill this in.</li>");
        let form = "<label class=\"label\" for=\"location_id\">Where do they go?</label><select name=\"location_id\">\
            <label class=\"label\" for=\"rate\">Cedis for one &amp; all <span class=\"label-optional\">optional</span></label>\
            <fieldset class=\"field\"><legend class=\"label\">Grade</legend><input name=\"condition_grade\"></fieldset>";
        let page = ["location_id", "rate", "condition_grade", "nowhere"]
            .map(|name| fault(name, name))
            .concat()
            + form;
        let expected = [
            ("location_id", "Where do they go"),
            ("rate", "Cedis for one &amp; all"),
            ("condition_grade", "Grade"),
            ("nowhere", "nowhere"),
        ];
        let expected = expected.map(|(name, label)| fault(name, label)).concat() + form;
        assert_eq!(named(page), expected);
        assert_eq!(named(form.to_owned()), form);
    }
}
