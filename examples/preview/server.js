import { createApp } from './app.js'

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}`, PREVIEW } = process.env
const { app } = await createApp(ORIGIN, { isPreview: PREVIEW === 'yes' })
app.listen(Number(PORT), () => { console.log(ORIGIN) })
