//! A browser without scripts: it keeps cookies, and shows where a redirect leads instead of following it.

use crate::http::Server;
use crate::{PASSWORD, PEOPLE};
use domain::Role;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

/// Somebody at a browser.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    base: String,
}

/// What a browser got.
#[derive(Debug, Clone)]
pub struct Shown {
    /// HTTP status.
    pub status: u16,
    /// The page.
    pub text: String,
    /// Where a redirect leads, or empty.
    pub location: String,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
}

impl Shown {
    /// The same, after checking the status; the page stands in the failure's message.
    #[track_caller]
    pub fn expect(self, status: u16) -> Shown {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Whether the page has this text in it.
    pub fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The value of the page's first field of this name.
    pub fn field(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap();
        let rest = &self.text[at..];
        let value = rest.split_once("value=\"").unwrap().1;
        value
            .split_once('"')
            .unwrap()
            .0
            .replace("&#34;", "\"")
            .replace("&quot;", "\"")
    }

    async fn of(response: Response) -> Shown {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let location = headers
            .get("location")
            .map(|l| l.to_str().unwrap().to_owned())
            .unwrap_or_default();
        Shown {
            status,
            text: response.text().await.unwrap(),
            location,
            headers,
        }
    }
}

impl Server {
    /// A browser signed in as the person with this role.
    pub async fn browser(&self, role: Role) -> Browser {
        let (username, _, _) = PEOPLE.iter().find(|(_, r, _)| *r == role).unwrap();
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .build()
            .unwrap();
        let browser = Browser {
            client,
            base: self.base.clone(),
        };
        browser
            .post("/sign-in", &[("username", username), ("password", PASSWORD)])
            .await
            .expect(303);
        browser
    }
}

impl Browser {
    /// Opens a page.
    pub async fn get(&self, path: &str) -> Shown {
        Shown::of(
            self.client
                .get(format!("{}{path}", self.base))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Saves a file.
    pub async fn save(&self, path: &str) -> Vec<u8> {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let url = format!("{}{path}", self.base);
        Shown::of(self.client.post(url).form(fields).send().await.unwrap()).await
    }

    /// Sends a form with files: the field, the name that the file had, and what is in it.
    pub async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: Vec<(&'static str, &'static str, Vec<u8>)>,
    ) -> Shown {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        for (field, name, bytes) in files {
            form = form.part(field, reqwest::multipart::Part::bytes(bytes).file_name(name));
        }
        let url = format!("{}{path}", self.base);
        Shown::of(self.client.post(url).multipart(form).send().await.unwrap()).await
    }

    /// Sends a form that could carry a file.
    pub async fn post_multipart(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let form = fields
            .iter()
            .fold(reqwest::multipart::Form::new(), |form, (name, value)| {
                form.text((*name).to_owned(), (*value).to_owned())
            });
        let url = format!("{}{path}", self.base);
        Shown::of(self.client.post(url).multipart(form).send().await.unwrap()).await
    }
}
