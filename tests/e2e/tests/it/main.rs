//! The built app in a real window.

use e2e::{Computer, Launch, Result};

#[tokio::test]
async fn smoke() -> Result<()> {
    let t = std::time::Instant::now();
    let computer = Computer::new().await?;
    println!("computer {:?}", t.elapsed());
    let window = computer.start_unready(&Launch::default()).await?;
    println!("window {:?}", t.elapsed());
    println!("{} {:?}", window.address().await?, window.text().await?);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    println!(
        "{:?}",
        window
            .invoke("nothing", serde_json::json!({"a": 1}))
            .await?
    );
    println!(
        "{:?}",
        computer
            .processes()
            .iter()
            .map(|p| (p.name(), e2e::Process::usage(&[*p])))
            .collect::<Vec<_>>()
    );
    println!("resize {:?}", window.resize(400, 700).await);
    window.picture(std::path::Path::new("/tmp/dd/smoke.png"))?;
    {
        let _c = computer.copy("hällo")?;
        println!("{:?}", computer.clipboard()?);
    }
    println!("{:?}", computer.clipboard()?);
    println!("close {:?}", window.close().await);
    println!(
        "{:?}",
        computer
            .processes()
            .iter()
            .map(|p| p.name())
            .collect::<Vec<_>>()
    );
    Ok(())
}
