//! On a phone the rows of a table become cards (static/css/table.css), and its heads are out of sight: then each figure says the
//! name of its column itself. It is written into every page as `data-label`, here and for all tables at once.

/// The page with a label at each figure (a cell of the class `end`) of its tables that become cards.
pub fn labelled(html: String) -> String {
    if !html.contains("table-cards") {
        return html;
    }
    let mut page = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html.as_str();
    while let Some(start) = rest.find("<table") {
        let (before, table) = rest.split_at(start);
        page.push_str(before);
        let end = table.find("</table>").unwrap_or(table.len());
        let (table, after) = table.split_at(end);
        let tag = table.split_once('>').map_or(table, |(tag, _)| tag);
        match has_class(tag, "table-cards") {
            true => label(&mut page, table),
            false => page.push_str(table),
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Whether a tag is of this class.
fn has_class(tag: &str, class: &str) -> bool {
    attribute(tag, "class").is_some_and(|classes| classes.split_ascii_whitespace().any(|c| c == class))
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

/// The words of a head; none where they are only for those who do not see it, as over a column of buttons.
fn words(head: &str) -> String {
    if head.contains("visually-hidden") {
        return String::new();
    }
    let mut text = String::new();
    for part in head.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.trim().replace('"', "&quot;")
}

fn label(page: &mut String, table: &str) {
    let Some((heads, body)) = table.split_once("</thead>") else {
        return page.push_str(table);
    };
    let heads: Vec<String> = heads
        .split("<th ")
        .skip(1)
        .filter_map(|head| head.split_once('>'))
        .map(|(_, inside)| words(inside.split("</th>").next().unwrap_or_default()))
        .collect();
    page.push_str(&table[..table.len() - body.len()]);
    let (mut rest, mut column) = (body, 0_usize);
    while let Some(at) = rest.find('<') {
        page.push_str(&rest[..at]);
        let tag_end = rest[at..].find('>').map_or(rest.len(), |end| at + end);
        let tag = &rest[at..tag_end];
        page.push_str(tag);
        if tag.starts_with("<tr") {
            column = 0;
        } else if tag.starts_with("<td") || tag.starts_with("<th") {
            let name = heads.get(column).map_or("", String::as_str);
            if !name.is_empty() && tag.starts_with("<td") && has_class(tag, "end") {
                page.push_str(" data-label=\"");
                page.push_str(name);
                page.push('"');
            }
            column += attribute(tag, "colspan")
                .and_then(|n| n.parse().ok())
                .unwrap_or(1);
        }
        rest = &rest[tag_end..];
    }
    page.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::labelled;

    #[test]
    fn a_figure_says_its_column() {
        let page = "<p>a</p><table class=\"table table-cards\"><thead><tr><th scope=\"col\">Item</th><th scope=\"col\" class=\"end\"><a class=\"sort\" href=\"?\">Can be \"sold\"<svg><use href=\"#x\"/></svg></a></th><th scope=\"col\"><span class=\"visually-hidden\">Take back</span></th><th scope=\"col\">Cost</th></tr></thead><tbody><tr><td class=\"cell-main\">Charger</td><td class=\"nowrap end\">10</td><td class=\"end\"><button>x</button></td><td class=\"end cell-amount\">5</td></tr><tr><td colspan=\"3\">x</td><td class=\"end\">6</td></tr></tbody></table><table class=\"table\"><thead><tr><th scope=\"col\">A</th></tr></thead><tbody><tr><td class=\"end\">7</td></tr></tbody></table><p>z</p>";
        let shown = labelled(page.to_owned());
        for part in [
            "<td class=\"cell-main\">Charger",
            "<td class=\"nowrap end\" data-label=\"Can be &quot;sold&quot;\">10",
            "<td class=\"end\"><button>",
            "<td class=\"end cell-amount\" data-label=\"Cost\">5",
            "<td class=\"end\" data-label=\"Cost\">6",
            "<td class=\"end\">7",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let less = shown
            .replace(" data-label=\"Can be &quot;sold&quot;\"", "")
            .replace(" data-label=\"Cost\"", "");
        assert_eq!(less, page, "nothing else changes");
    }

    #[test]
    fn what_is_cut_off_stays_as_it_is() {
        for page in [
            "",
            "<table",
            "<table class=\"table-cards\"><thead><tr><th ",
            "table-cards <table class=\"table table-cards\"></thead><td class=\"end",
            "é<table class=\"é table-cards\">é</thead>é<td",
        ] {
            assert_eq!(labelled(page.to_owned()), page);
        }
    }
}
