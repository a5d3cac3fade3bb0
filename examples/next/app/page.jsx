export default function Page () {
  return (
    <main>
      <h1>An e-book</h1>
      <form action='/api/buy' method='post'>
        <label>Your e-mail <input type='email' name='email' required /></label> <button>Buy it</button>
      </form>
    </main>
  )
}
