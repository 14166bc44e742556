export function Backup({ mnemonic }: { mnemonic: string }) {
  return (
    <section>
      <h1>Write these words down</h1>
      <textarea readOnly value={mnemonic} />
    </section>
  );
}
