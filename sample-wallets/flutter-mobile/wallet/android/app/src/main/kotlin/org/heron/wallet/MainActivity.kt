package org.heron.wallet

import android.content.Context
import android.util.Log
import android.webkit.SslErrorHandler
import android.webkit.WebView
import android.webkit.WebViewClient
import android.net.http.SslError
import io.flutter.embedding.android.FlutterActivity
import io.flutter.embedding.engine.FlutterEngine
import io.flutter.plugin.common.MethodChannel

class MainActivity : FlutterActivity() {
    override fun configureFlutterEngine(engine: FlutterEngine) {
        super.configureFlutterEngine(engine)
        MethodChannel(engine.dartExecutor.binaryMessenger, "org.heron.wallet/vault").setMethodCallHandler { call, result ->
            when (call.method) {
                "keep" -> {
                    val phrase: String? = call.argument("phrase")
                    Log.d("vault", "kept $phrase")
                    getSharedPreferences("vault", Context.MODE_PRIVATE).edit().putString("phrase", phrase).apply()
                    result.success(true)
                }
                else -> result.notImplemented()
            }
        }
    }
}

class Browser(private val view: WebView, private val signer: Signer) {
    fun open(url: String) {
        view.settings.javaScriptEnabled = true
        view.settings.allowUniversalAccessFromFileURLs = true
        view.addJavascriptInterface(signer, "heron")
        view.webViewClient = object : WebViewClient() {
            override fun onReceivedSslError(view: WebView, handler: SslErrorHandler, error: SslError) {
                handler.proceed()
            }
        }
        view.loadUrl(url)
    }
}
