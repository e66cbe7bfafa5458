//! The catalogue of product models, over the API and its pages.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::Api;

#[tokio::test]
async fn kwame_keeps_the_catalogue_and_the_others_read_it() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let body = json!({
        "category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U", "ram": "16GB",
        "storage": "512GB SSD", "screen_size": "14\" FHD", "gpu": "Intel UHD", "operating_system": "Windows 11 Pro",
        "description": "Light", "default_price_grade_a": "4900", "default_price_grade_b": "4500.50",
        "image_url": "/pictures/840g7.jpg"
    });
    let made = kwame.post("/product-models", &body).await;
    let model = made.clone().expect(201);
    assert_eq!(
        made.headers["location"],
        format!("/api/v1/product-models/{}", model["id"])
    );
    for (field, value) in body.as_object().unwrap() {
        if !field.starts_with("default_price") {
            assert_eq!(&model[field], value, "{field}");
        }
    }
    assert_eq!(model["default_price_grade_a"], "4900.00");
    assert_eq!(model["default_price_grade_b"], "4500.50");
    assert_eq!(model["default_price_grade_c"], json!(null));

    let path = format!("/product-models/{}", model["id"]);
    let etag = made.headers["etag"].to_str().unwrap();
    let changed = kwame
        .patch_if(
            &path,
            etag,
            &json!({"default_price_grade_c": "3900", "gpu": null}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["default_price_grade_c"], &changed["gpu"]),
        (&json!("3900.00"), &json!(null))
    );
    assert_eq!(changed["ram"], "16GB");
    kwame
        .patch_if(&path, "\"0\"", &json!({"gpu": null}))
        .await
        .expect(412);

    for role in [Role::Sales, Role::Technician, Role::Warehouse] {
        let api = server.api(role).await;
        assert_eq!(
            api.get(&path).await.expect(200)["default_price_grade_a"],
            "4900.00"
        );
        api.patch(&path, &json!({"default_price_grade_a": "1"}))
            .await
            .expect(403);
        api.post("/product-models", &body).await.expect(403);
    }
    server.nobody().get("/product-models").await.expect(401);
    kwame.get("/product-models/999").await.expect(404);
    kwame.get("/product-models/x").await.expect(404);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'product_models'")
            .await,
        2
    );
}

#[tokio::test]
async fn the_same_model_is_recorded_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let body = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U", "ram": "16GB"});
    let first = kwame.post("/product-models", &body).await.expect(201);
    let twin = json!({"category": "Laptop", "brand": "Hewlett-Packard", "model_name": "HP  Elitebook 840 g7",
        "cpu": "Intel(R) Core(TM) i5-10310U CPU @ 1.70GHz", "ram": "16"});
    let problem = kwame.post("/product-models", &twin).await.expect(409);
    assert_eq!(problem["code"], "duplicate_model");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains(&format!("number {}:", first["id"])),
        "{problem}"
    );

    let other = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U", "ram": "8GB"});
    let other = kwame.post("/product-models", &other).await.expect(201);
    let path = format!("/product-models/{}", other["id"]);
    assert_eq!(
        kwame.patch(&path, &json!({"ram": "16 GB"})).await.expect(409)["code"],
        "duplicate_model"
    );
    kwame
        .patch(&path, &json!({"ram": "8 gb", "default_price_grade_a": "1"}))
        .await
        .expect(200);

    // Many at once: one of them is first.
    let body = json!({"category": "Phone", "brand": "Apple", "model_name": "iPhone 12"});
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let (kwame, body) = (kwame.clone(), body.clone());
            tokio::spawn(async move { kwame.post("/product-models", &body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in tries {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|s| *s == 409), "{statuses:?}");
    assert_eq!(
        stage
            .count("SELECT count(*) FROM product_models WHERE brand = 'Apple'")
            .await,
        1
    );
}

#[tokio::test]
async fn whoever_receives_finds_the_model_or_makes_it() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let new = |model_name: &str| {
        serde_json::from_value::<app::catalog::NewProductModel>(
            json!({"category": "Laptop", "brand": "Dell Inc.", "model_name": model_name, "ram": "8"}),
        )
        .unwrap()
    };
    let mut tx = stage.shop.begin(&yaw).await.unwrap();
    let (first, is_new) = app::catalog::find_or_create(&mut tx, new("Latitude 7400"))
        .await
        .unwrap();
    assert!(is_new);
    let (again, is_new) = app::catalog::find_or_create(&mut tx, new("Dell LATITUDE 7400"))
        .await
        .unwrap();
    assert_eq!((again.id, is_new), (first.id, false));
    let by_key = app::catalog::by_key(&mut tx).await.unwrap();
    tx.commit(200, &()).await.unwrap();
    assert_eq!(by_key.get("dell|latitude7400||8gb|"), Some(&first.id));
}

#[tokio::test]
async fn bad_models_are_refused_by_field() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let good = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook"});
    for (field, value) in [
        ("default_price_grade_a", json!("-1")),
        ("default_price_grade_b", json!("1.005")),
        ("default_price_grade_c", json!("999999999999.00")),
        ("default_price_grade_a", json!(5)),
        ("category", json!("Tablet")),
        ("brand", json!(" ")),
        ("brand", json!("x".repeat(51))),
        ("image_url", json!("javascript:alert(1)")),
        ("image_url", json!("http://example.com/a.png")),
        ("image_url", json!("//example.com/a.png")),
        ("id", json!(7)),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let problem = kwame.post("/product-models", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{value}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 0);
}

#[tokio::test]
async fn the_list_is_filtered_and_searched() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    for (category, brand, name, cpu) in [
        ("Laptop", "HP", "EliteBook 840 G7", "i5-10310U"),
        ("Laptop", "Dell", "Latitude 7400", "i7-8665U"),
        ("Phone", "Apple", "iPhone 12", "A14"),
        ("Accessory", "HP", "USB-C Dock G5", ""),
    ] {
        let body = json!({"category": category, "brand": brand, "model_name": name, "cpu": cpu});
        kwame.post("/product-models", &body).await.expect(201);
    }
    for (query, names) in [
        (
            "category=Laptop&sort=model_name",
            vec!["EliteBook 840 G7", "Latitude 7400"],
        ),
        (
            "brand=hp&sort=model_name",
            vec!["EliteBook 840 G7", "USB-C Dock G5"],
        ),
        ("q=hp%20elite", vec!["EliteBook 840 G7"]),
        ("q=8665", vec!["Latitude 7400"]),
        ("cpu=a14", vec!["iPhone 12"]),
        ("model_name=latitude%207400", vec!["Latitude 7400"]),
        ("category=Tablet", vec![]),
    ] {
        let page = kwame.get(&format!("/product-models?{query}")).await.expect(200);
        let found: Vec<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["model_name"].as_str().unwrap())
            .collect();
        assert_eq!(found, names, "{query}");
    }
    kwame.get("/product-models?price=1").await.expect(422);
}

#[tokio::test]
async fn the_pages_show_and_change_models() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.browser(Role::Manager).await;
    assert!(kwame.get("/models").await.expect(200).has("No models yet"));
    let blank = kwame.get("/models/new").await.expect(200);
    let key = blank.field("form_key");
    let form = [
        ("form_key", key.as_str()),
        ("category", "Laptop"),
        ("brand", "HP"),
        ("model_name", "EliteBook <840>"),
        ("cpu", ""),
        ("default_price_grade_a", "4900"),
        ("image_url", "https://example.com/840.jpg"),
    ];
    let made = kwame.post("/models/new", &form).await.expect(303);
    assert!(made.location.starts_with("/models/"));
    assert_eq!(
        kwame.post("/models/new", &form).await.expect(303).location,
        made.location,
        "a double click makes one"
    );
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 1);

    let page = kwame.get(&made.location).await.expect(200);
    assert!(page.has("HP EliteBook &#60;840&#62;") && page.has("4900.00") && page.has("Open the picture"));
    assert!(
        !page.has("<img src=\"https://"),
        "nothing is loaded from another host"
    );
    let twin = [
        ("category", "Laptop"),
        ("brand", "hp"),
        ("model_name", "elitebook <840>"),
    ];
    let refused = kwame.post("/models/new", &twin).await.expect(422);
    assert!(
        refused.has(&format!("href=\"{}\"", made.location)),
        "the same model is offered"
    );
    assert_eq!(
        refused.field("model_name"),
        "elitebook &#60;840&#62;",
        "what was typed is kept"
    );
    let refused = kwame
        .post(
            "/models/new",
            &[
                ("category", "Laptop"),
                ("brand", "HP"),
                ("default_price_grade_a", "-5"),
            ],
        )
        .await;
    assert!(refused.expect(422).has("may not be negative"));

    let version = page.field("version");
    let change = [
        ("version", version.as_str()),
        ("category", "Laptop"),
        ("brand", "HP"),
        ("model_name", "EliteBook 840"),
        ("ram", "16GB"),
    ];
    kwame.post(&made.location, &change).await.expect(303);
    let page = kwame.get(&made.location).await.expect(200);
    assert!(
        page.has("16GB") && !page.has("4900.00"),
        "a blank field is emptied"
    );
    let stale = [
        ("version", "\"0\""),
        ("category", "Laptop"),
        ("brand", "HP"),
        ("model_name", "Other"),
    ];
    assert!(
        kwame
            .post(&made.location, &stale)
            .await
            .expect(422)
            .has("Somebody changed this")
    );

    // Its devices, by state.
    let mut conn = stage.superuser().await;
    sqlx::query("INSERT INTO assets (serial_number, product_model_id, received_date) VALUES ('S1', 1, '2026-01-01'), ('S2', 1, '2026-01-01')")
        .execute(&mut conn)
        .await
        .unwrap();
    let page = kwame.get(&made.location).await.expect(200);
    assert!(
        page.has("/devices?product_model_id=1&#38;status=Received") && page.has("<td class=\"end\">2</td>"),
        "{}",
        page.text
    );

    let kofi = server.browser(Role::Technician).await;
    let seen = kofi.get(&made.location).await.expect(200);
    assert!(seen.has("EliteBook 840") && !seen.has("Save"));
    kofi.post(&made.location, &change).await.expect(403);
    kofi.get("/models/new").await.expect(403);
    assert!(
        kofi.get("/models?category=Phone")
            .await
            .expect(200)
            .has("No model is like that")
    );
    assert!(
        kofi.get("/models?brand=HP&q=elite")
            .await
            .expect(200)
            .has("EliteBook 840")
    );
    assert!(kofi.get("/models/zero").await.expect(404).has("Nothing here"));
}

/// A picture of one colour.
fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(640, 480, image::Rgb([shade, 90, 160]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

async fn send_image(api: &Api, path: &str, bytes: Vec<u8>) -> (u16, Value) {
    let part = reqwest::multipart::Part::bytes(bytes).file_name("model.png");
    let form = reqwest::multipart::Form::new().part("file", part);
    let reply = api
        .request(reqwest::Method::POST, path)
        .multipart(form)
        .send()
        .await
        .unwrap();
    let status = reply.status().as_u16();
    (
        status,
        serde_json::from_str(&reply.text().await.unwrap()).unwrap_or(Value::Null),
    )
}

#[tokio::test]
async fn a_model_shows_a_picture_of_its_own() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let body = |ram: &str| json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "ram": ram, "default_price_grade_a": "4900.00"});
    let model = kwame.post("/product-models", &body("8GB")).await.expect(201)["id"].clone();
    let other = kwame.post("/product-models", &body("16GB")).await.expect(201)["id"].clone();
    let path = format!("/product-models/{model}");
    let image = format!("{path}/image");

    let (status, shown) = send_image(&kwame, &image, png(10)).await;
    assert_eq!(status, 201, "{shown}");
    let first = shown["image_url"].as_str().unwrap().to_owned();
    assert_eq!(first, "/api/v1/photos/1/image.jpg");
    let file = ama
        .request(reqwest::Method::GET, "/photos/1/image.jpg")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            file.status().as_u16(),
            file.headers()["content-type"].to_str().unwrap()
        ),
        (200, "image/jpeg")
    );
    assert_eq!(server.nobody().get("/photos/1/image.jpg").await.status, 401);
    for (bytes, words) in [
        (b"no picture".to_vec(), "JPEG, PNG or WebP"),
        (Vec::new(), "Choose"),
    ] {
        let (status, problem) = send_image(&kwame, &image, bytes).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!("/file")),
            "{problem}"
        );
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(words) || detail.contains("photo"), "{problem}");
    }
    assert_eq!(send_image(&ama, &image, png(1)).await.0, 403);
    assert_eq!(
        send_image(&kwame, "/product-models/99/image", png(1)).await.0,
        404
    );
    ama.delete(&image).await.expect(403);

    // It is shown on the model's page, in the list and at the till.
    stage.ready_device("SN-1").await;
    kwame
        .patch("/assets/1", &json!({"product_model_id": model}))
        .await
        .expect(200);
    let browser = server.browser(Role::Manager).await;
    let page = browser.get(&format!("/models/{model}")).await.expect(200);
    assert!(page.has(&format!("src=\"{first}\"")) && !page.has("Earlier pictures"));
    let small = "/api/v1/photos/1/thumbnail.jpg";
    assert!(browser.get("/models").await.expect(200).has(small));
    let till = browser.get("/sell").await.expect(200);
    let key = till.field("idempotency_key");
    let found = browser
        .post(
            "/sell",
            &[
                ("idempotency_key", key.as_str()),
                ("scan", "EliteBook"),
                ("do", "add"),
            ],
        )
        .await
        .expect(200);
    assert!(found.has(small), "{}", found.text);
    // A form that knows nothing of pictures leaves them.
    let own = page.field("image_url");
    let fields = [
        ("category", "Laptop"),
        ("brand", "HP"),
        ("model_name", "EliteBook 840 G7"),
        ("ram", "8GB"),
        ("default_price_grade_a", "4900"),
        ("image_url", own.as_str()),
    ];
    browser
        .post(&format!("/models/{model}"), &fields)
        .await
        .expect(303);
    assert_eq!(kwame.get(&path).await.expect(200)["image_url"], first.as_str());

    // Replaced, the first one stays to be shown again: over the API by its address, on the page by one press.
    let (_, shown) = send_image(&kwame, &image, png(200)).await;
    assert_eq!(shown["image_url"], "/api/v1/photos/2/image.jpg");
    assert_eq!(
        kwame.get(&format!("{path}/photos")).await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let back = kwame.patch(&path, &json!({"image_url": first})).await.expect(200);
    assert_eq!(back["image_url"], first.as_str());
    let page = browser.get(&format!("/models/{model}")).await.expect(200);
    assert!(page.has("Earlier pictures (1)") && page.has("value=\"2\""));
    let choose = format!("/models/{model}/picture/choose");
    browser.post(&choose, &[("photo_id", "2")]).await.expect(303);
    assert_eq!(
        kwame.get(&path).await.expect(200)["image_url"],
        "/api/v1/photos/2/image.jpg"
    );
    browser.post(&choose, &[]).await.expect(303);
    assert_eq!(kwame.get(&path).await.expect(200)["image_url"], json!(null));
    kwame.patch(&path, &json!({"image_url": first})).await.expect(200);
    kwame.delete(&image).await.expect(204);
    assert_eq!(kwame.get(&path).await.expect(200)["image_url"], json!(null));

    // Nobody shows what is another's picture.
    let foreign = kwame
        .patch(&format!("/product-models/{other}"), &json!({"image_url": first}))
        .await
        .expect(422);
    assert_eq!(foreign["errors"][0]["pointer"], "/image_url");
    let mut new = body("32GB");
    new["image_url"] = json!(first);
    kwame.post("/product-models", &new).await.expect(422);
    let wrong = browser.post(&choose, &[("photo_id", "77")]).await.expect(422);
    assert!(wrong.has("no picture of this model"));

    // Deleted for good, it is shown nowhere.
    kwame.patch(&path, &json!({"image_url": first})).await.expect(200);
    kwame.delete("/photos/1").await.expect(204);
    assert_eq!(kwame.get(&path).await.expect(200)["image_url"], json!(null));
    kwame.patch(&path, &json!({"image_url": first})).await.expect(422);

    // Of two records made one, the pictures are the one's that stays.
    kwame
        .patch(&path, &json!({"image_url": "/api/v1/photos/2/image.jpg"}))
        .await
        .expect(200);
    let merged = kwame
        .post(&format!("{path}/merge"), &json!({"into": other}))
        .await
        .expect(200);
    assert_eq!(merged["image_url"], "/api/v1/photos/2/image.jpg");
    let photos = kwame
        .get(&format!("/product-models/{other}/photos"))
        .await
        .expect(200);
    assert_eq!(photos["data"][0]["product_model_id"], other);
    let mut conn = stage.bizhub_app().await;
    assert!(
        sqlx::query("UPDATE photos SET product_model_id = product_model_id + 1")
            .execute(&mut conn)
            .await
            .is_err()
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
